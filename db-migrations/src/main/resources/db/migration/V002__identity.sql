-- Accounts own everything else; every query is scoped by one.
CREATE TABLE account (
  id account_id PRIMARY KEY,
  name text NOT NULL,
  -- Operators see hosts, import images from a host's files and extend the type table.
  operator boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Access keys of an account's root user; the secret is encrypted with the master key.
CREATE TABLE access_key (
  id text PRIMARY KEY CHECK (id ~ '^AKIA[A-Z2-7]{16}$'),
  account_id account_id NOT NULL REFERENCES account,
  secret_encrypted bytea NOT NULL,
  active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON access_key (account_id);
