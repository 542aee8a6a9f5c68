/** The words that every package uses: errors, ids, the caller, settings. */
package io.hanok.control.shared;
