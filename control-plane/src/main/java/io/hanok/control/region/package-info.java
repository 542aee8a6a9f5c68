/** The region, its zones, and an account's limits. */
package io.hanok.control.region;
