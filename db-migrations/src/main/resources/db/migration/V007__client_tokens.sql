-- Idempotency: the same token with the same parameters gets the same answer, other parameters are refused.
CREATE TABLE client_token (
  account_id account_id NOT NULL REFERENCES account,
  action text NOT NULL,
  token text NOT NULL,
  request_sha256 text NOT NULL,
  -- The id by which the action finds its answer again.
  result text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, action, token)
);
CREATE INDEX ON client_token (created_at);
