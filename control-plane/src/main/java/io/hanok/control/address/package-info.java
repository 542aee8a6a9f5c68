/**
 * Public addresses: elastic ones, which an account holds, and automatic ones, which an interface
 * has from start to stop. Both are reserved by the primary key of one table.
 */
package io.hanok.control.address;
