/** Snapshots, as far as images make them: read only. */
package io.hanok.control.snapshot;
