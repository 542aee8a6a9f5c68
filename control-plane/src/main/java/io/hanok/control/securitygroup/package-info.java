/**
 * Security groups: allow rules for packets, by range or by group.
 *
 * <p>Invariants, kept by the database: a group's name is unique in its VPC; a rule exists once in a
 * group; a group that another one's rules name, or that an interface is in, cannot be deleted.
 */
package io.hanok.control.securitygroup;
