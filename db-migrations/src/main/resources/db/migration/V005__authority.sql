-- The control plane's certificate authority; its key is encrypted with the master key.
CREATE TABLE authority (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  certificate_pem text NOT NULL,
  key_encrypted bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Single-use invitations for hosts; only a digest of the secret is kept.
CREATE TABLE join_token (
  secret_sha256 text PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  host_id host_id REFERENCES host
);
