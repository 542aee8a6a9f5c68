/** Images: imported, shared, launched from, deregistered. */
package io.hanok.control.image;
