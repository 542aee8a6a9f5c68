/**
 * The hosts: their registry, the authority that certifies their agents, the door through which the
 * agents speak, what they report, and which of them has room.
 */
package io.hanok.control.host;
