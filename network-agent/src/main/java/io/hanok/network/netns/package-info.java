/** Network namespaces: their names, and doing something inside one. */
package io.hanok.network.netns;
