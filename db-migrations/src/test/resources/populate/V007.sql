INSERT INTO client_token (account_id, action, token, request_sha256, result) VALUES ('000000000001', 'RunInstances', 't', '00', 'r-00000000000000001');
