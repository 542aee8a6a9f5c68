/** The time service at 169.254.169.123. */
package io.hanok.network.time;
