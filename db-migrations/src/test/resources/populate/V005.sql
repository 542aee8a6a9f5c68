INSERT INTO authority (certificate_pem, key_encrypted) VALUES ('pem', '\x00');
INSERT INTO join_token (secret_sha256, expires_at) VALUES ('00', now());
