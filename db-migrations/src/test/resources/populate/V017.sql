INSERT INTO public_address (address, account_id, eni_id, private_address) VALUES ('198.18.0.5', '000000000001', 'eni-00000000000000001', '172.31.0.4');
