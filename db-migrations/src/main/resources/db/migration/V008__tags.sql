CREATE TABLE tag (
  account_id account_id NOT NULL REFERENCES account,
  resource_id text NOT NULL,
  -- EC2's resource type, such as security-group.
  resource_type text NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 127),
  value text NOT NULL CHECK (length(value) <= 255),
  PRIMARY KEY (resource_id, key)
);
CREATE INDEX ON tag (account_id, key, value);
