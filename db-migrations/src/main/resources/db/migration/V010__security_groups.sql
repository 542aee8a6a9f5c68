CREATE TABLE security_group (
  id security_group_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  vpc_id vpc_id NOT NULL REFERENCES vpc,
  name text NOT NULL,
  description text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (vpc_id, name)
);
CREATE INDEX ON security_group (account_id);

CREATE TABLE security_group_rule (
  id security_group_rule_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  group_id security_group_id NOT NULL REFERENCES security_group ON DELETE CASCADE,
  egress boolean NOT NULL,
  -- '-1', 'tcp', 'udp', 'icmp' or a protocol number.
  protocol text NOT NULL,
  -- Port, or ICMP type and code; -1 is all.
  from_port int,
  to_port int,
  cidr cidr,
  peer_group_id security_group_id REFERENCES security_group,
  description text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((cidr IS NULL) <> (peer_group_id IS NULL)),
  UNIQUE NULLS NOT DISTINCT (group_id, egress, protocol, from_port, to_port, cidr, peer_group_id)
);
CREATE INDEX ON security_group_rule (peer_group_id) WHERE peer_group_id IS NOT NULL;
