"""Names of members as they are written in the wild, in both directions; the vectors hold them for both languages."""

SECRET = """
password Password PASSWORD passwd pwd passphrase passcode secret token credentials bearer jwt otp pass pat dsn
mnemonic secretKey SecretKey secret_key SECRET_KEY secret-key secretkey secret.key SECRETKEY apiKey ApiKey
APIKey APIKEY api_key API_KEY api-key apikey x-api-key X-API-Key apiKeys openaiApiKey api_key_openai api_key_2
awsSecretAccessKey AWS_SECRET_ACCESS_KEY aws_secret_access_key secretAccessKey accessKey accessKEY access_key
s3SecretKey auth_token authToken AuthToken AUTHTOKEN authtoken OAuth2Token oauthToken accessToken access_token
refreshToken idToken HTTPToken githubToken GITHUB_TOKEN token2 tokenV2 token_prod botToken session_token
sas_token csrf-token tokens clientSecret client_secret CLIENT_SECRET clientsecret client-secret consumerSecret
webhookSecret signing_secret secret_value dbPassword db_password DB_PASSWORD dbpassword rootPassword password1
password2 new_password passwordConfirmation passwordHash password_plain pass_word PassWord pass-phrase smtp_pass
smtpPass user.password ＰａｓｓＷｏｒｄ pass\u200bword privateKey private_key PRIVATE_KEY privatekey private_key_pem
privateKeyPassphrase ssh_key sshPrivateKey tls_key sslKey encryptionKey encryption_key signingKey masterKey
shared_key sharedAccessKey serviceAccountKey account_key storage_key admin_key client_key service_key
license_key webhook_key hmacKey restricted_key deploy_key app_key applicationKey connectionString
connection_string CONNECTION_STRING connectionstring connection_uri connStr service_account_json secret_id
seedPhrase recovery_codes backup_codes authorization Authorization Cookie set-cookie keytab tokenSecret
jwt_secret jwtToken basicAuthPassword passwordProd secret_stripe password_reset_token token_key
""".split()  # noqa: SIM905 - a table is read by people

PLAIN = """
secretary secretariat tokenizer tokenize tokenization keyboard keyspace keynote monkey turkey key Key keys
passenger passive passage compass bypass passport passthrough pass_through pass_rate passed author authority
authors cookieName patch path pattern pattern_id primary_key primaryKey PRIMARY_KEY foreign_key public_key
publicKey PUBLIC_KEY partition_key sortKey cache_key routing_key object_key idempotency_key dedup_key
publishable_key public_api_key sshPublicKey hotkey key_path keyName key_id keyId access_key_id accessKeyId
AWS_ACCESS_KEY_ID private_key_id keyfile key_file token_count tokenCount TOKEN_COUNT max_tokens maxTokens
MAX_TOKENS total_tokens prompt_tokens completionTokens output_tokens num_tokens next_page_token nextPageToken
pageToken continuation_token eos_token stop_tokens token_type tokenType token_url tokenUrl TOKEN_URL token_uri
token_endpoint tokenExpiresAt token_expiry token_ttl token_limit token_id token_symbol token_address
token_bucket secret_name secretName secret_arn secret_path secret_manager secretRef secret_version secret_count
password_policy passwordPolicy password_length password_min_length password_expires_at password_field
password_hint password_required requirePassword has_password use_password is_secret isSecret show_token
allowTokens tokenEnabled passwordFile credential_type credentials_id credentialId cookie_domain_name auth
auth_type auth_method authUrl oauth_scopes user username user_name login host port database dbname region
account_id client_id clientId tenantId bucket ssl sslmode endpoint url base_url webhook_url from_email
certificate ca_cert sslrootcert fingerprint signature algorithm header description id name value type enabled
timeout_s content summary o 2 _ - é 鍵
""".split()  # noqa: SIM905
