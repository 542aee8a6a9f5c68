INSERT INTO tag (account_id, resource_id, resource_type, key, value) VALUES ('000000000001', 'i-00000000000000001', 'instance', 'Name', 'x');
