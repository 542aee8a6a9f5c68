INSERT INTO key_pair (id, account_id, name, type, fingerprint, public_key) VALUES ('key-00000000000000001', '000000000001', 'k', 'ed25519', 'f', 'ssh-ed25519 AAAA');
