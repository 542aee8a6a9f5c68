/** Tags on every resource, at creation and later. */
package io.hanok.control.tag;
