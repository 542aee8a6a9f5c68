/** Addresses: read strictly, printed canonically, and those that every router has. */
package io.hanok.network.address;
