INSERT INTO security_group (id, account_id, vpc_id, name, description) VALUES ('sg-00000000000000001', '000000000001', 'vpc-00000000000000001', 'default', 'default VPC security group');
INSERT INTO security_group_rule (id, account_id, group_id, egress, protocol, from_port, to_port, cidr) VALUES ('sgr-00000000000000001', '000000000001', 'sg-00000000000000001', true, '-1', NULL, NULL, '0.0.0.0/0');
