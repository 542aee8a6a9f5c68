/** What the stories share: the stack, its clients, and guests seen from outside and inside. */
package io.hanok.e2e.support;
