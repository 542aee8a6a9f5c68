-- Exclusion of overlapping subnets needs equality on text inside a GiST index.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE dhcp_options (
  id dhcp_options_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  domain_name text NOT NULL,
  domain_name_servers text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE SEQUENCE vpc_vni START 4096 MAXVALUE 16777215;

CREATE TABLE vpc (
  id vpc_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  cidr cidr NOT NULL,
  cidr_association_id vpc_cidr_association_id NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  dhcp_options_id dhcp_options_id NOT NULL REFERENCES dhcp_options,
  vni int NOT NULL UNIQUE DEFAULT nextval('vpc_vni'),
  enable_dns_support boolean NOT NULL DEFAULT true,
  enable_dns_hostnames boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX vpc_one_default ON vpc (account_id) WHERE is_default;
CREATE INDEX ON vpc (account_id);

CREATE TABLE subnet (
  id subnet_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  vpc_id vpc_id NOT NULL REFERENCES vpc,
  zone text NOT NULL REFERENCES zone,
  cidr cidr NOT NULL,
  is_default boolean NOT NULL DEFAULT false,
  map_public_ip_on_launch boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  EXCLUDE USING gist (vpc_id WITH =, cidr inet_ops WITH &&)
);
CREATE UNIQUE INDEX subnet_one_default ON subnet (vpc_id, zone) WHERE is_default;
CREATE INDEX ON subnet (account_id);

CREATE TABLE internet_gateway (
  id internet_gateway_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  vpc_id vpc_id UNIQUE REFERENCES vpc,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON internet_gateway (account_id);

CREATE TABLE route_table (
  id route_table_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  vpc_id vpc_id NOT NULL REFERENCES vpc,
  main_association_id route_table_association_id,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX route_table_one_main ON route_table (vpc_id) WHERE main_association_id IS NOT NULL;
CREATE INDEX ON route_table (account_id);

CREATE TABLE route (
  route_table_id route_table_id NOT NULL REFERENCES route_table ON DELETE CASCADE,
  destination cidr NOT NULL,
  -- 'local' or the id of an internet gateway.
  target text NOT NULL,
  origin text NOT NULL CHECK (origin IN ('CreateRouteTable', 'CreateRoute')),
  PRIMARY KEY (route_table_id, destination)
);

CREATE TABLE route_table_association (
  id route_table_association_id PRIMARY KEY,
  route_table_id route_table_id NOT NULL REFERENCES route_table,
  subnet_id subnet_id NOT NULL UNIQUE REFERENCES subnet
);

CREATE TABLE network_acl (
  id network_acl_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  vpc_id vpc_id NOT NULL REFERENCES vpc,
  is_default boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON network_acl (account_id);

CREATE TABLE network_acl_entry (
  network_acl_id network_acl_id NOT NULL REFERENCES network_acl ON DELETE CASCADE,
  egress boolean NOT NULL,
  rule_number int NOT NULL,
  protocol text NOT NULL,
  allow boolean NOT NULL,
  cidr cidr NOT NULL,
  PRIMARY KEY (network_acl_id, egress, rule_number)
);

CREATE TABLE network_acl_association (
  id network_acl_association_id PRIMARY KEY,
  network_acl_id network_acl_id NOT NULL REFERENCES network_acl,
  subnet_id subnet_id NOT NULL UNIQUE REFERENCES subnet
);
