"""Lines that are to stay as they are: what looks like personal data or a secret and is none. `\\n` ends a line."""

from __future__ import annotations

LINES = tuple(
    line.replace("\\n", "\n")
    for line in r"""
version: 1.2.3.4
Version 10.0.19041.1
"version": "4.18.2.1"
AssemblyVersion("1.0.123.456")
[assembly: AssemblyFileVersion("12.34.156.78")]
<Version>110.2.30.4</Version>
<PackageReference Include="Foo.Bar" Version="112.1.3.44" />
implementation 'com.foo:bar:1.2.130.4'
pip install foo==1.2.3.140
foo>=2.10.150.1,<3
Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0.4472.124 Safari/537.36
libfoo.so.1.2.133.4
foo-1.2.133.4.tar.gz
https://github.com/foo/bar/releases/download/v1.2.133.4/foo.zip
git clone git@gitlab.corp.io:team/app.git
url = git@bitbucket.org:team/app.git
ssh://git@github.com:22/foo/bar.git
pip install git+ssh://git@github.com/foo/bar.git@v1.2
git+https://github.com/foo/bar@abc123def456
@app.route("/login")
@Component({selector: 'app'})
@angular/core@16.2.1
"@types/node@18.11.9"
"react-dom@npm:17.0.2"
"node_modules/@babel/core": "^7.0.0"
resolved "https://registry.yarnpkg.com/@babel/core/-/core-7.1.0.tgz#08958f1371179f62df6966d8a614003d11faeb04"
integrity sha512-9EX3nQ4ygm7WMZ8ZQ9NsPJ7ZHtxmV0Q5uLiYW5wfQGGTLUQiqxQ3EXb9sLHZkQ3aQ0eVYaAYAZgYpXwXQ8sC9A==
"integrity": "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"
<script src="x.js" integrity="sha256-DfCMAuPxAXXqPLhKeFmMnKiSYmxN+2UrPOA6l1bLjcY=" crossorigin="anonymous"></script>
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
checksum = "3f2a7b9c5d1e8f4a6b0c2d4e6f8a0b1c3d5e7f9a1b2c4d6e8f0a2b4c6d8e0f1a"
md5: 5d41402abc4b2a76b9719d911017c592
etag: W/"33a64df551425fcc55e4d42a148795d9f25f89d4"
"commit": "da39a3ee5e6b4b0d3255bfef95601890afd80709"
uses: actions/checkout@8e5e7e5ab8b370d6c329ec480221332ada57f0ab
image: nginx@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
id: 550e8400-e29b-41d4-a716-446655440000
token_id = "550e8400-e29b-41d4-a716-446655440000"
client_id = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"
api_key = "<your-api-key>"
api_key = "YOUR_API_KEY"
API_KEY=your_api_key_here
api_key: ${API_KEY}
api_key: $API_KEY
api_key = %API_KEY%
password: changeme
password: "password123"
password = "********"
password = "xxxxxxxxxxxx"
password: <password>
password = os.environ["DB_PASSWORD"]
password = os.getenv("DB_PASSWORD", "")
password = getpass.getpass("Enter password: ")
const token = process.env.GITHUB_TOKEN;
String token = System.getenv("API_TOKEN");
token := os.Getenv("SLACK_BOT_TOKEN2")
secret = SecretManager.get("projects/12345/secrets/db-password/versions/1")
PASSWORD=$(cat /run/secrets/db_password)
PASSWORD=$(openssl rand -base64 32)
password = config.database.password
password: !vault |
password: vault:secret/data/db#password
password_hash = "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW"
PASSWORD_MIN_LENGTH = 12
PASSWORD_RESET_TIMEOUT = "259200seconds"
TOKEN_URL = "https://auth.corp.io/oauth2/v1/token"
tokenizer = "gpt2-medium-355M"
token_type = "Bearer"
secret_name: my-app-secret-v2
secretKeyRef: {name: db-creds-v2, key: password}
  secretName: tls-secret-2024
credentials: 'include'
credentialsId: 'github-deploy-key-2'
passwordField.setText("Enter your password");
"password": "Please enter 8+ characters"
label_password: "Password*"
PasswordAuthentication no
passphrase_callback = "getPassphrase2"
primary_key = "user_id_2"
cache_key = "user:1234:profile:v2"
public_key = "AAAAB3NzaC1yc2EAAAADAQABAAABgQC7"
ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7vVvLh5mQX3nWqk2 user@host
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx1fJ2gZ0dHkq
-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----
-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVs/o5+uQbTjL3chynL4wXgUg2R9\n-----END PUBLIC KEY-----
-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----
-----BEGIN PRIVATE KEY-----\n<your key>\n-----END PRIVATE KEY-----
sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
ghp_1234567890abcdefghijklmnopqrstuvwxyz
192.168.1.1 10.0.0.1 172.16.0.1 127.0.0.1 0.0.0.0 255.255.255.255 169.254.1.1 100.64.0.1
192.0.2.1 198.51.100.1 203.0.113.5 233.252.0.1
8.8.8.8 1.1.1.1
::1 :: fe80::1%eth0 2001:db8::1 ff02::1 fc00::1 ::ffff:192.168.0.1 ::ffff:10.0.0.1
[::1]:8080 [2001:db8::1]:443
10:20:30 12:34:56.789 2024-01-01T10:20:30+02:00
00:1A:2B:3C:4D:5E 00-1A-2B-3C-4D-5E 001a.2b3c.4d5e
1.3.6.1.4.1.311.21 2.5.29.17 1.2.840.113549.1.1.11
std::vector<int> a::b::c Foo::Bar::baz abc::def::dead::beef
#1a2b3c #ffffff rgba(1,2,3,0.4)
url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)
user@example.com admin@example.org me@example.net foo@test.example
noreply@github.com
[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}
/^[^\s@]+@[^\s@]+\.[^\s@]+$/
your.name@company.com
first.last@domain.tld
someone@localhost
icon@2x.png logo@3x.jpg
foo@bar.baz()
ref = x@y.T
matrix = A@B.inverse
^1.2.3 ~1.2.3.4 >=1.2.3 <2.0.0
http://user:pass@localhost:8080/
postgres://postgres:postgres@localhost:5432/test
mysql://root:root@127.0.0.1/db
redis://:password@redis:6379
https://username:password@example.com
https://$USER:$TOKEN@github.com/x/y
https://x-access-token:${GITHUB_TOKEN}@github.com/x/y.git
https://oauth2:{token}@gitlab.com/x.git
amqp://guest:guest@rabbitmq:5672
Authorization: Bearer <token>
Authorization: Bearer $TOKEN
Authorization: `Bearer ${token}`
Authorization: Basic dXNlcjpwYXNzd29yZA==
curl -H "X-API-Key: $API_KEY" https://x
curl -u user:password https://x
curl -u "$USER:$PASS" https://x
curl -u admin:${PASSWORD} https://x
mysql -u root -p"$MYSQL_PASSWORD" app
mysql -u root -ppassword
docker run -p 8080:80 nginx
ssh -p 2222 user@host.corp.io
scp file.txt deploy@web1.corp.io:/var/www
rsync -av ./ root@server2.corp.io:/srv
CREATE USER app IDENTIFIED BY 'password';
CREATE USER app IDENTIFIED BY '$PASSWORD';
IDENTIFIED BY :password
WITH PASSWORD = '<strong password>'
echo "$PASSWORD" | docker login --password-stdin
+1-555-0100 (555) 555-0123
Lorem ipsum dolor sit amet
if password != "": raise ValueError("Password2 missing")
print("token expired, retry in %ds" % 30)
localStorage.getItem("auth_token_v2")
$("#password1").val()
<input type="password" name="password2" id="id_password2">
<label for="id_password1">Password:</label>
getElementById('newPassword1')
errors.add(:password, "is_too_short_8")
i18n.t("login.password.error42")
assertEqual(token, "abc123")
passwordEncoder = "bcrypt10Rounds"
session_key = "django.contrib.sessions.backends.db2"
ENCRYPTION_ALGORITHM="AES-256-GCM"
key_algorithm = "RSA-2048-SHA256"
token = "0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984"
contract_address = "0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984"
tokenAddress: '0xdAC17F958D2ee523a2206206994597C13D831ec7',
"project_id": "my-project-123456"
"private_key_id": "3f2a7b9c5d1e8f4a6b0c2d4e6f8a0b1c3d5e7f9a",
"token": "abcdefghijklmnopqrstuvwxyz0123456789"
secret: "s3cr3t"
secret: "aaaaaaaaaaaaaaaaaaaaaaaa"
SECRET_KEY = "django-insecure-change-me-please-12345"
SECRET_KEY = 'not-a-real-secret-key-1'
AUTH_TOKEN = "test-token-123"
auth_token="fake_token_987654"
dummy_api_key = "dummy-key-000"
password = faker.internet.password(12)
password=self.password1, token=self._token2
token = tokens[0x1F2]
token: T2, secret: S3cretBox
msg.token = Token.IDENTIFIER_2
case TOKEN_STRING_LITERAL_2:
enum Token { TOK_INT32, TOK_INT64 }
apiKey: string | undefined;
password?: string;
"passwordPolicy": "minLength8RequireUpper"
keyboard = "us-intl-altgr-unicode"
access_key_rotation_days = "90days"
"AuthorizationToken": {"type": "string", "minLength": 32}
license_key: MIT
server_key = "server-1.pem"
ssh_key = "~/.ssh/id_rsa"
tls_key = "/etc/ssl/private/key.pem"
credentials_file = "service-account-2.json"
token_endpoint_auth_method = "client_secret_post"
grant_type=client_credentials&client_id=app1
csrf_token = "{{ csrf_token() }}"
""".strip().splitlines()
)
