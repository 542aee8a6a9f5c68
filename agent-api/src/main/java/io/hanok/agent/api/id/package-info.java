/**
 * Typed resource ids, all drawn from one registry of prefixes ({@link
 * io.hanok.agent.api.id.IdKind}).
 */
package io.hanok.agent.api.id;
