/** Instance types: what each gives, as tools read it. */
package io.hanok.control.instancetype;
