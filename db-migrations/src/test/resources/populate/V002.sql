INSERT INTO account (id, name, operator) VALUES ('000000000001', 'main', true);
INSERT INTO access_key (id, account_id, secret_encrypted) VALUES ('AKIAAAAAAAAAAAAAAAAA', '000000000001', '\x00');
