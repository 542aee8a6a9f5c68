/**
 * nftables: the ruleset of one namespace as a value, its text, and the difference of two.
 *
 * <p>{@code VpcRuleset} says what a VPC's router lets through; {@code NftPlan} finds the smallest
 * transaction between two rulesets; {@code Nft} applies it.
 */
package io.hanok.network.nft;
