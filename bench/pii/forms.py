"""How files of many kinds keep a secret: language, kind of value, and the lines, with `§` for the value and `\\n` between.

`OPEN` was there when rules were written; `HELD` was written after them, and is scored once for each state of the rules.
"""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """One way of writing a secret down."""

    language: str
    kind: str
    before: str
    after: str


def _forms(table: str) -> tuple[Form, ...]:
    rows = (row.split("|", 2) for row in table.strip().splitlines())
    return tuple(Form(language, kind, *text.replace("\\n", "\n").split("§")) for language, kind, text in rows)


OPEN = _forms(
    r'''
Dotenv|secret|SECRET_KEY=§
Dotenv|secret|export STRIPE_SECRET="§"
Dotenv|password|DB_PASSWORD='§'
Dotenv|password|DB_PASSWORD=§
Dotenv|password|MYSQL_ROOT_PASSWORD=§
Dotenv|password|REDIS_PASS=§
Dotenv|password|SMTP_PWD=§
Dotenv|secret|JWT_SECRET=§ # rotate in May
Dotenv|secret|AUTH0_CLIENT_SECRET=§
Dotenv|secret|SENTRY_AUTH_TOKEN=§
YAML|password|spring:\n  datasource:\n    username: app\n    password: §
YAML|password|    environment:\n      - POSTGRES_PASSWORD=§
YAML|password|    environment:\n      POSTGRES_PASSWORD: §
YAML|password|    environment:\n      MYSQL_PASSWORD: "§"
YAML|secret|    env:\n      - name: API_TOKEN\n        value: §
YAML|secret|    env:\n      - name: API_TOKEN\n        value: "§"
YAML|secret|  - {name: CLIENT_SECRET, value: §}
YAML|secret|api_key: !!str "§"
YAML|secret|    secretKey: §
YAML|secret|      access_token:   '§'
YAML|secret|    with:\n      token: §
YAML|password|ansible_become_pass: §
YAML|password|ansible_ssh_pass: "§"
YAML|password|login: {user: svc, password: §}
YAML|secret|stringData:\n  apiToken: §
YAML|base64|kind: Secret\ndata:\n  password: §
YAML|base64|apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\ndata:\n  db-password: §
YAML|base64|apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  username: YWRtaW4=\n  value: §
JSON|password|{"ConnectionStrings": {"Default": "Server=tcp:db.corp.io,1433;Database=app;User ID=svc;Password=§;Encrypt=True;"}}
JSON|password|"DefaultConnection": "Host=db;Port=5432;Database=app;Username=svc;Password=§"
JSON|secret|{"clientId": "app", "clientSecret": "§"}
JSON|secret|{"auth": {"apiKey" : "§"}}
JSON|password|{"smtp": {"user": "a", "pass": "§"}}
JSON|secret|{"name": "API_KEY", "value": "§"}
JSON|secret|   "source": ["api_key = \"§\"\n"],
JSON|secret|{"key":"auth_token","value":"§"}
JSON|basic|{"auths": {"registry.corp.io": {"auth": "§"}}}
XML|password|<property name="password" value="§"/>
XML|password|<property name="hibernate.connection.password">§</property>
XML|password|<add key="DbPassword" value="§" />
XML|secret|<add key="ApiKey" value="§"/>
XML|password|<connectionStrings><add name="x" connectionString="Data Source=db;Initial Catalog=a;User Id=sa;Password=§;" /></connectionStrings>
XML|password|  <server><id>r</id><username>deploy</username><password>§</password></server>
XML|secret|<string name="google_api_secret">§</string>
XML|secret|<apiKey>§</apiKey>
XML|password|<Resource username="svc" password="§" driverClassName="x"/>
XML|password|<bean><constructor-arg name="password" value="§"/></bean>
Java Properties|password|spring.datasource.password=§
Java Properties|password|db.password = §
Java Properties|secret|aws.secretKey: §
Java Properties|secret|oauth.client-secret=§
Java Properties|password|signing.password=§
Java Properties|password|ossrhPassword=§
Java Properties|password|keystore.pass=§
INI|password|[mysqld]\npassword = §
INI|password|[client]\nuser=root\npassword="§"
INI|secret|[auth]\nsecret_key = §
INI|secret|api-key=§
INI|password|[distutils]\nindex-servers=pypi\n[pypi]\nusername = me\npassword = §
INI|secret|aws_session_token = §
INI|password|smtp_password: §
TOML|secret|api_key = "§"
TOML|secret|[service]\ntoken = '§'
TOML|password|[database]\npassword = "§"
TOML|secret|auth = { client_secret = "§" }
Terraform|password|  password = "§"
Terraform|password|variable "db_password" {\n  default = "§"\n}
Terraform|secret|variable "api_token" {\n  type    = string\n  default = "§"\n}
Terraform|password|  master_password      = "§"
Terraform|secret|provider "aws" {\n  secret_key = "§"
Terraform|secret|  api_key        = "§"
Terraform|password|admin_password = "§" # temporary
Dockerfile|password|ENV POSTGRES_PASSWORD §
Dockerfile|password|ENV POSTGRES_PASSWORD="§"
Dockerfile|secret|ARG NPM_TOKEN=§
Dockerfile|secret|ENV A=1 API_TOKEN=§ B=2
Dockerfile|secret|RUN curl -H "X-Api-Key: §" https://x.corp.io
Shell|secret|curl -H 'X-API-Key: §' https://api.corp.io/v1
Shell|secret|curl -H "Api-Token: §" https://api.corp.io/v1
Shell|secret|curl -H "X-Auth-Token: §" https://api.corp.io/v1
Shell|secret|curl "https://api.corp.io/v1?api_key=§&x=1"
Shell|secret|curl https://api.corp.io/v1?x=1&access_token=§
Shell|password|curl -u admin:§ https://api.corp.io/v1
Shell|password|curl --user 'deploy:§' https://api.corp.io/v1
Shell|password|wget --user=me --password=§ https://x.corp.io
Shell|password|sshpass -p § scp a b:c
Shell|password|mysql -u root -p§ app
Shell|password|mysql -uroot -p'§' app
Shell|password|PGPASSWORD=§ psql -h db -U app
Shell|password|PGPASSWORD='§' pg_dump app > x.sql
Shell|password|export PGPASSWORD="§"
Shell|password|docker login -u bot -p § registry.corp.io
Shell|password|redis-cli -a § ping
Shell|password|echo "§" | docker login --password-stdin
Shell|secret|vault login token=§
Shell|secret|aws configure set aws_secret_access_key §
Shell|secret|npm config set //registry.corp.io/:_authToken §
Shell|secret|git config --global credential.token §
Shell|secret|TOKEN=§ make deploy
Shell|secret|export API_KEY='§' && run
Shell|secret|API_KEY="§" ./run.sh
Shell|secret|helm install x --set secretKey=§
Shell|password|openssl enc -aes-256-cbc -pass pass:§ -in a
Shell|password|PASSWORD=${PASSWORD:-§}
Shell|secret|: "${API_TOKEN:=§}"
Shell|password|useradd app && echo 'app:§' | chpasswd
PowerShell|password|$password = "§"
PowerShell|password|ConvertTo-SecureString "§" -AsPlainText -Force
PowerShell|secret|$env:API_TOKEN = '§'
Batchfile|secret|set API_KEY=§
Batchfile|password|setx DB_PASSWORD "§"
SQL|password|CREATE USER app IDENTIFIED BY '§';
SQL|password|CREATE USER 'app'@'%' IDENTIFIED BY '§';
SQL|password|ALTER USER app IDENTIFIED WITH mysql_native_password BY '§';
SQL|password|CREATE ROLE app LOGIN PASSWORD '§';
SQL|password|CREATE USER app WITH ENCRYPTED PASSWORD '§';
SQL|password|CREATE LOGIN app WITH PASSWORD = '§';
SQL|password|ALTER ROLE app WITH PASSWORD '§';
SQL|password|SET PASSWORD FOR 'app'@'localhost' = PASSWORD('§');
SQL|password|GRANT ALL ON *.* TO 'root'@'%' IDENTIFIED BY "§";
Python|password|conn = psycopg2.connect("host=db dbname=app user=svc password=§")
Python|password|conn = psycopg2.connect(host="db", user="svc", password="§")
Python|password|pymysql.connect('db', 'root', passwd='§', db='x')
Python|password|smtp.login("me", "§")
Python|password|ssh.connect("host", username="root", password="§")
Python|password|auth=("admin", "§")
Python|password|requests.get(url, auth=HTTPBasicAuth('svc', '§'))
Python|secret|headers = {"X-API-Key": "§"}
Python|secret|headers = {'x-auth-token': '§', "a": 1}
Python|secret|params={"api_key": "§"}
Python|secret|os.environ["API_TOKEN"] = "§"
Python|secret|os.environ.setdefault("SECRET_KEY", "§")
Python|secret|SECRET_KEY = os.environ.get("SECRET_KEY", "§")
Python|secret|token = os.getenv('TOKEN') or '§'
Python|secret|app.config["SECRET_KEY"] = b"§"
Python|secret|app.secret_key = '§'
Python|secret|    api_key: str = "§"
Python|secret|    api_key: Optional[str] = "§"
Python|secret|def f(token="§"):
Python|secret|client = Client(api_key=  "§")
Python|secret|SECRET = (\n    "§"\n)
Python|secret|API_KEY = """§"""
Python|secret|url = f"https://api.corp.io/?token=§"
Python|secret|# token: §
Python|secret|# the old api key was §
Python|secret|if token == "§":
Python|secret|jwt.encode(payload, "§", algorithm="HS256")
Python|password|'PASSWORD': '§',
Python|password|engine = create_engine(URL(user="x", password="§"))
JavaScript|secret|const apiKey = `§`;
JavaScript|secret|const client = new Client({ apiKey: '§' });
JavaScript|secret|axios.defaults.headers.common['X-Api-Key'] = '§';
JavaScript|secret|const token = process.env.TOKEN || '§';
JavaScript|secret|const token = process.env.TOKEN ?? "§";
JavaScript|password|mongoose.connect('mongodb://h/db', { user: 'u', pass: '§' });
JavaScript|password|const pool = mysql.createPool({ host: 'h', user: 'root', password: '§' });
JavaScript|secret|session({ secret: '§', resave: false })
JavaScript|secret|app.use(session({secret: "§"}));
JavaScript|secret|jwt.sign(payload, '§');
JavaScript|secret|firebase.initializeApp({ apiSecret: "§", x: 1 });
JavaScript|secret|localStorage.setItem('token', '§');
JavaScript|secret|// TODO remove: secret=§
JavaScript|password|auth: { user: 'me', pass: '§' }
TypeScript|secret|private readonly apiKey: string = '§';
TypeScript|secret|export const environment = { production: true, apiSecret: '§' };
TypeScript|secret|  token!: string = "§";
Java|secret|private static final String API_KEY = "§";
Java|password|DriverManager.getConnection("jdbc:mysql://db:3306/app", "svc", "§");
Java|password|@DataSourceDefinition(name = "x", user = "svc", password = "§")
Java|password|dataSource.setPassword("§");
Java|secret|@Value("${api.key:§}")
Java|secret|props.put("client.secret", "§");
Java|password|props.setProperty("javax.net.ssl.keyStorePassword", "§");
Java|secret|new BasicAWSCredentials("x", "§");
Java|password|System.setProperty("db.password", "§");
Kotlin|secret|const val API_KEY = "§"
Kotlin|password|storePassword = "§"
Gradle|password|        storePassword '§'
Gradle|password|        keyPassword "§"
Gradle|secret|buildConfigField "String", "API_KEY", "\"§\""
C#|secret|public const string ApiKey = "§";
C#|password|var cs = "Server=db;User Id=sa;Password=§;";
C#|password|new NetworkCredential("svc", "§");
C#|secret|[ApiKey("§")]
C#|secret|options.ClientSecret = "§";
C#|password|var conn = @"Data Source=db;Persist Security Info=True;User ID=sa;Pwd=§";
Go|secret|const apiKey = "§"
Go|secret|	APIKey:   "§",
Go|secret|	cfg := Config{Token: "§"}
Go|password|	Password: `§`,
Go|secret|os.Setenv("API_TOKEN", "§")
Go|password|dsn := "svc:§@tcp(db:3306)/app?parseTime=true"
Go|secret|req.Header.Set("X-Api-Key", "§")
Go|secret|req.Header.Add("X-Auth-Token", "§")
Go|password|req.SetBasicAuth("svc", "§")
Go|secret|var signingKey = []byte("§")
Ruby|secret|config.api_key = '§'
Ruby|secret|  :api_key => '§',
Ruby|secret|ENV['API_TOKEN'] ||= '§'
Ruby|password|  password: '§',
Ruby|secret|Rails.application.config.secret_key_base = '§'
Ruby|secret|API_KEY = "§".freeze
Ruby|secret|ENV.fetch("API_TOKEN", "§")
PHP|secret|define('AUTH_KEY',         '§');
PHP|secret|define( 'API_SECRET', "§" );
PHP|password|$config['db_password'] = '§';
PHP|password|'password' => '§',
PHP|password|'password' => env('DB_PASSWORD', '§'),
PHP|password|$db = new mysqli("db", "svc", "§", "app");
PHP|password|new PDO('mysql:host=db;dbname=app', 'svc', '§');
PHP|secret|$api_key = "§";
PHP|secret|putenv('API_KEY=§');
Rust|secret|const API_KEY: &str = "§";
Rust|secret|let token = String::from("§");
Rust|secret|let api_key = "§".to_string();
Rust|secret|static SECRET: &'static str = "§";
Rust|secret|std::env::set_var("API_TOKEN", "§");
Scala|secret|val apiKey = "§"
Swift|secret|let apiKey: String = "§"
Swift|secret|static let clientSecret = "§"
Objective-C|secret|static NSString *const kApiSecret = @"§";
Objective-C|secret|NSString *apiKey = @"§";
Perl|password|my $password = '§';
Lua|secret|local api_key = "§"
R|secret|Sys.setenv(API_KEY = "§")
Elixir|secret|  secret_key_base: "§",
Dart|secret|final String apiKey = '§';
C|password|#define WIFI_PASSWORD "§"
C++|secret|const std::string kApiKey = "§";
C++|secret|constexpr char kToken[] = "§";
C|password|const char* password = "§";
HTTP|secret|X-Api-Key: §
HTTP|auth_header|Authorization: Bearer §
HTTP|auth_header|Authorization: Token §
HTTP|auth_header|Proxy-Authorization: Basic §
HTTP|auth_header|Authorization: ApiKey §
HTTP|secret|Cookie: sessionid=abc; auth_token=§
Python|auth_header|headers={"Authorization": f"Bearer §"}
Python|auth_header|headers={"Authorization": "Token §"}
Shell|auth_header|curl -H "Authorization: token §" https://git.corp.io
Go|auth_header|req.Header.Set("Authorization", "Bearer §")
JavaScript|auth_header|headers: { Authorization: 'Bearer §' }
JavaScript|auth_header|headers: { 'Authorization': `Bearer §` }
Java|auth_header|conn.setRequestProperty("Authorization", "Basic §");
Text|password|password: §
Text|password|Password is §
Text|password|login: admin / password: §
Markdown|secret|Use the token `§` for staging.
Markdown|secret|api_key: `§`
NPM Config|secret|//registry.npmjs.org/:_authToken=§
NPM Config|secret|_auth=§
NPM Config|secret|_password="§"
Text|password|machine api.corp.io login svc password §
Text|password|machine api.corp.io\n  login svc\n  password §
Text|password|default login svc password §
Text|password|db.corp.io:5432:app:svc:§
Text|password|*:*:*:svc:§
HAProxy|password|user admin insecure-password §
Nginx|auth_header|proxy_set_header Authorization "Basic §";
Nginx|secret|proxy_set_header X-Api-Key "§";
ApacheConf|password|SetEnv DB_PASSWORD §
ApacheConf|secret|SetEnv API_TOKEN "§"
Groovy|password|withEnv(['DB_PASSWORD=§']) {
Groovy|secret|environment { API_TOKEN = '§' }
PHP|secret|'secret' => '§',
Java Properties|password|jdbc.url=jdbc:mysql://db/app?user=svc&password=§
Java|password|String url = "jdbc:postgresql://db/app?user=svc&password=§&ssl=true";
Java|password|"jdbc:sqlserver://db:1433;databaseName=app;user=sa;password=§;encrypt=true"
Java|password|"jdbc:oracle:thin:svc/§@db:1521/app"
C#|password|"Driver={ODBC Driver 17};Server=db;Uid=svc;Pwd=§;"
C#|secret|"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=§"
'''
)
HELD = _forms(
    r"""
Dotenv|password|LDAP_BIND_PASSWORD=§
Dotenv|secret|TWITTER_CONSUMER_SECRET="§"
Dotenv|secret|ENCRYPTION_KEY=§
YAML|password|  postgresql:\n    auth:\n      password: "§"
YAML|secret|  env:\n    CI_DEPLOY_TOKEN: §
YAML|secret|    args: ["--api-token=§"]
YAML|password|  - role: db\n    db_root_password: '§'
YAML|base64|apiVersion: v1\nkind: Secret\nmetadata:\n  name: queue\ndata:\n  rabbitmq-password: §
JSON|secret|{"oauth": {"client_id": "web", "client_secret": "§"}}
JSON|password|"Smtp": {"Host": "mx", "Password": "§"}
JSON|secret|{"headers": {"X-Access-Token": "§"}}
JSON|secret|"accessToken" : "§",
XML|secret|<param name="apiToken" value="§"/>
XML|password|<dbPassword>§</dbPassword>
XML|password|<jdbc url="jdbc:h2:mem" user="sa" password="§"/>
Java Properties|password|mail.smtp.password=§
Java Properties|secret|jwt.secret=§
Java Properties|password|sonar.login.password: §
INI|secret|[github]\noauth_token = §
INI|password|admin_passwd = §
TOML|password|[smtp]\npass = "§"
TOML|secret|session_secret = '§'
Terraform|password|  administrator_login_password = "§"
Terraform|secret|  client_secret = "§"
Dockerfile|secret|ENV GITLAB_TOKEN="§"
Dockerfile|password|ARG SSH_PASSPHRASE=§
Shell|secret|export SLACK_SIGNING_SECRET=§
Shell|password|mysqldump -h db -u app -p§ shop > shop.sql
Shell|password|curl -s --user 'bot:§' https://git.corp.io/api
Shell|secret|curl -H "PRIVATE-TOKEN: §" https://git.corp.io/api/v4
Shell|secret|http GET https://api.corp.io X-Api-Key:§
Shell|password|echo '§' | sudo -S systemctl restart app
Shell|secret|gh auth login --with-token=§
SQL|password|CREATE USER report IDENTIFIED BY "§";
SQL|password|ALTER USER report WITH PASSWORD '§';
Python|secret|openai.api_key = "§"
Python|password|engine = connect(user='svc', passwd='§', db='x')
Python|secret|config = dict(token='§', retries=3)
Python|secret|AUTH_TOKEN: Final[str] = "§"
Python|password|server.login('alerts', '§')
Python|secret|settings["webhook_secret"] = '§'
JavaScript|secret|const config = { clientSecret: "§", scopes: [] };
JavaScript|secret|process.env.SESSION_SECRET || '§'
JavaScript|password|await page.type('#password', '§');
TypeScript|secret|static readonly API_TOKEN = '§';
Java|secret|private final String authToken = "§";
Java|password|config.setDbPassword("§");
Java|secret|.header("X-Auth-Token", "§")
Kotlin|secret|private const val CLIENT_SECRET = "§"
C#|password|builder.Password = "§";
C#|secret|private readonly string _apiKey = "§";
Go|secret|token := "§"
Go|password|	DBPassword:     "§",
Go|secret|client.SetAuthToken("§")
Ruby|password|ActiveRecord::Base.establish_connection(adapter: 'mysql2', password: '§')
Ruby|secret|Stripe.api_key = "§"
PHP|password|define('DB_PASSWORD', '§');
PHP|secret|'api_token' => "§",
Rust|secret|let client_secret: String = "§".into();
Rust|password|.password("§")
Scala|password|val dbPassword: String = "§"
Swift|secret|let authToken = "§"
Perl|secret|my $api_key = "§";
C|secret|static const char api_token[] = "§";
C++|password|auto password = std::string{"§"};
HTTP|secret|X-Auth-Token: §
HTTP|auth_header|Authorization: Bearer §
Shell|auth_header|wget --header="Authorization: Bearer §" https://api.corp.io
Python|auth_header|session.headers['Authorization'] = 'Bearer §'
JavaScript|auth_header|xhr.setRequestHeader('Authorization', 'Basic §');
Markdown|password|The password is `§` until Friday.
Text|password|db.internal:3306:shop:report:§
Text|password|machine git.corp.io login ci password §
PowerShell|secret|$apiKey = '§'
C#|password|"Data Source=db;User ID=app;Password=§;Pooling=true"
Java|password|"jdbc:mariadb://db/shop?user=app&password=§"
"""
)
