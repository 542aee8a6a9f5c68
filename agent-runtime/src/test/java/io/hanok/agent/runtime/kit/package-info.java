/**
 * The kit with which every converger is tested: driven to its end, repeated, and crashed after each
 * effect.
 */
package io.hanok.agent.runtime.kit;
