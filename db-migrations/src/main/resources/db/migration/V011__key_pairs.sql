-- Public halves only: a private key is shown once and never stored.
CREATE TABLE key_pair (
  id key_pair_id PRIMARY KEY,
  account_id account_id NOT NULL REFERENCES account,
  name text NOT NULL,
  type text NOT NULL CHECK (type IN ('rsa', 'ed25519')),
  fingerprint text NOT NULL,
  -- One line as in authorized_keys.
  public_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (account_id, name)
);
