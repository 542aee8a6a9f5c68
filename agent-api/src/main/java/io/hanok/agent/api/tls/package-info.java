/** By whose certificates both sides of the contract know each other. */
package io.hanok.agent.api.tls;
