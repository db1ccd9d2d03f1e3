"""Migrations of databases, which frameworks number or date, and whose text is a schema's history. Data only.

A number in the name and a folder for migrations tell them; where a framework has no such names, its class in the first bytes does.
"""

# ruff: noqa: E501
from __future__ import annotations

from codekiln.cleaning.steps.file_rule import Rule

_CODE = r"(?:py|rb|php|sql|[cm]?[jt]s|cs|exs?|go|java|kt|rs|scala|clj|edn|pl|xml|ya?ml|json|groovy|cfc)"

MIGRATIONS: tuple[Rule, ...] = (
    Rule("Django migration", r"(?:^|/)\w*migrations/(?:\w+/)*\d{4}_\w+\.py$"),
    Rule(
        "Django migration by its class",
        r"\.py$",
        r"^class Migration\((?:migrations\.Migration|SchemaMigration|DataMigration)\)",
    ),
    Rule("Alembic migration", r"(?:^|/)versions/[0-9a-f]{8,16}_\w+\.py$", r"Revision ID: [0-9a-f]+"),
    Rule("Alembic revision", r"\.py$", r"^down_revision\b(?:: [^=\n]+)? ="),
    Rule("Alembic environment", r"(?:^|/)env\.py$", r"^from alembic import context"),
    Rule("Rails schema", r"(?:^|/)db/(?:schema\.rb|structure\.sql)$"),
    Rule(
        "Rails migration",
        r"\.rb$",
        r"^class [\w:]+ < (?:ActiveRecord::Migration|Sequel::Migration|ROM::SQL::Migration)\b",
    ),
    Rule("Sequel migration", r"(?:^|/)migrat\w+/.*\.rb$", r"^(?:Sequel|ROM::SQL|Hanami::Model)\.migration\b"),
    Rule(
        "dated migration",
        r"(?i:(?:^|/)(?:[\w.-]*migrat\w*|changelogs?|versions)/(?:[\w.-]+/)*(?:[VUM]|migration)?_?(?:\d{8}[_-]?\d{4,9}|\d{12,14}|\d{4}[_-]\d\d[_-]\d\d[_-]?\d{4,6})\w*[\w.-]*(?:/(?:up|down|migration|metadata))?\."
        + _CODE
        + r"$)",
    ),
    Rule("numbered migration", r"(?i:(?:^|/)[\w.-]*migrations?/(?:[\w-]+/)*[vm]?\d{1,6}[_-][\w.-]+\." + _CODE + r"$)"),
    Rule("migration up and down", r"\.(?:up|down)\.(?:sql|fizz|cypher|cql)$"),
    Rule("Flyway", r"(?:^|/)(?:[VUB]\d[\d._]*|R)__[^/]+\.(?:sql|java|kt|xml|cypher)$"),
    Rule(
        "Liquibase",
        r"\.(?:xml|ya?ml|json|sql|groovy)$",
        r"(?:<databaseChangeLog\b|(?:^databaseChangeLog:)|\A\s*\{\s*\"databaseChangeLog\"|\A\s*--\s*liquibase formatted sql)",
    ),
    Rule(
        "goose or sql-migrate",
        r"\.sql$",
        r"^-- *(?:\+(?:goose|migrate|micrate) (?:Up|Down|StatementBegin)|migrate:(?:up|down)|rambler up)\b",
    ),
    Rule(
        "Laravel or Phinx migration",
        r"\.php$",
        r"^(?:(?:final )?class \w+ extends (?:Migration|AbstractMigration|Ruckusing_Migration_Base|CDbMigration|CI_Migration)\b|return new class extends Migration\b)",
    ),
    Rule("Doctrine or Yii migration", r"(?:^|/)(?:Version\d{14}|m\d{6}_\d{6}_\w+)\.php$"),
    Rule(
        "Entity Framework migration",
        r"\.cs$",
        r"^\s*(?:public |internal )?(?:sealed )?(?:partial )?class \w+ : (?:Db|AutoReversing|ForwardOnly)?Migration\b",
    ),
    Rule("Entity Framework snapshot", r"ModelSnapshot\.(?:cs|vb)$", r"Entity(?:FrameworkCore|Framework)"),
    Rule(
        "TypeORM or MikroORM migration",
        r"\.[jt]s$",
        r"(?:^(?:export )?(?:default )?class \w+\d{10,17} |implements MigrationInterface\b|^export class \w+ extends Migration \{)",
    ),
    Rule(
        "Sequelize or Knex migration",
        r"\.[cm]?[jt]s$",
        r"^(?:exports\.up = (?:async )?(?:function ?\w* ?)?\(?knex\b|\s+(?:async )?up(?::| ?\() ?(?:async )?\(?(?:function ?\()?queryInterface\b|export (?:async )?function up\(knex\b)",
    ),
    Rule("Ecto migration", r"\.exs?$", r"^\s+use Ecto\.Migration\b"),
    Rule("SeaORM migration", r"\.rs$", r"^impl MigrationTrait for\b"),
    Rule("Tortoise migration", r"\.py$", r"^async def upgrade\(db: BaseDBAsyncClient\)"),
    Rule(
        "Peewee or yoyo migration",
        r"\.py$",
        r"^(?:def migrate\(migrator\b|(?:from yoyo import step|from playhouse\.migrate import \*)$)",
    ),
    Rule(
        "Drizzle",
        r"(?:^|/)(?:drizzle|migrations)/(?:meta/(?:\d{4}_snapshot|_journal)\.json|\d{4}_[a-z]+_[a-z_]+\.sql)$",
    ),
    Rule("Prisma migration", r"(?:^|/)prisma/migrations/"),
)
