"""What names of well-known libraries stand for."""

from __future__ import annotations

from collections.abc import Mapping

KNOWLEDGE = """
schema pydantic: BaseModel RootModel GenericModel
schema pydantic_settings: BaseSettings
schema sqlmodel: SQLModel
schema msgspec: Struct
schema marshmallow: Schema
schema apiflask: Schema
schema marshmallow_sqlalchemy: SQLAlchemyAutoSchema SQLAlchemySchema ModelSchema TableSchema
schema marshmallow_jsonapi: Schema
schema flask_marshmallow: Schema SQLAlchemyAutoSchema SQLAlchemySchema ModelSchema TableSchema
schema voluptuous: Schema
schema schema: Schema
schema cerberus: Validator
schema schematics: Model
schema fastapi_camelcase: CamelModel
schema fastapi_utils: APIModel APIMessage
schema rest_framework: Serializer ModelSerializer BaseSerializer ListSerializer HyperlinkedModelSerializer AuthTokenSerializer
schema rest_framework_simplejwt: TokenObtainSerializer TokenObtainPairSerializer TokenObtainSlidingSerializer
schema rest_framework_simplejwt: TokenRefreshSerializer TokenRefreshSlidingSerializer TokenVerifySerializer TokenBlacklistSerializer
schema rest_framework_gis: GeoModelSerializer GeoFeatureModelSerializer GeoFeatureModelListSerializer
schema rest_framework_mongoengine: DocumentSerializer EmbeddedDocumentSerializer DynamicDocumentSerializer
schema rest_framework_recursive: RecursiveField
schema rest_polymorphic: PolymorphicSerializer
schema rest_flex_fields: FlexFieldsModelSerializer
schema rest_framework_json_api: Serializer ModelSerializer HyperlinkedModelSerializer
schema django_elasticsearch_dsl_drf: DocumentSerializer
schema rest_framework_dataclasses: DataclassSerializer
schema dynamic_rest: DynamicModelSerializer DynamicEphemeralSerializer
schema adrf: Serializer ModelSerializer
schema drf_writable_nested: WritableNestedModelSerializer UniqueFieldsMixin NestedCreateMixin NestedUpdateMixin
schema parler_rest: TranslatableModelSerializer TranslatedFieldsField
schema taggit: TaggitSerializer
schema dj_rest_auth: LoginSerializer TokenSerializer JWTSerializer JWTSerializerWithExpiration UserDetailsSerializer RegisterSerializer
schema dj_rest_auth: PasswordResetSerializer PasswordResetConfirmSerializer PasswordChangeSerializer SocialLoginSerializer
schema djoser: UserSerializer UserCreateSerializer UserCreatePasswordRetypeSerializer TokenSerializer TokenCreateSerializer
schema ninja: Schema ModelSchema FilterSchema
schema ninja_extra: ModelSchema PaginatedResponseSchema NinjaPaginationResponseSchema IdSchema DetailSchema
schema ninja_jwt: TokenObtainPairInputSchema TokenObtainPairOutputSchema TokenObtainSlidingInputSchema TokenObtainSlidingOutputSchema
schema ninja_jwt: TokenObtainInputSchemaBase TokenRefreshInputSchema TokenRefreshOutputSchema TokenVerifyInputSchema
schema ninja_jwt: TokenRefreshSlidingInputSchema TokenRefreshSlidingOutputSchema TokenBlacklistInputSchema
schema typing: TypedDict NamedTuple
schema typing_extensions: TypedDict NamedTuple
schema google: Message
schema fastapi_pagination: Page LimitOffsetPage CursorPage CustomizedPage AbstractPage BasePage
schema fastapi_users: BaseUser BaseUserCreate BaseUserUpdate
orm sqlalchemy: DeclarativeBase DeclarativeBaseNoMeta MappedAsDataclass declarative_base() automap_base() Table Row RowMapping
orm sqlalchemy: Result ScalarResult AsyncAttrs
orm flask_sqlalchemy: Model SQLAlchemy().Model
orm advanced_alchemy: UUIDBase UUIDAuditBase BigIntBase BigIntAuditBase UUIDv7Base UUIDv7AuditBase
orm django: Model QuerySet AbstractUser AbstractBaseUser
orm tortoise: Model
orm beanie: Document
orm odmantic: Model EmbeddedModel
orm mongoengine: Document DynamicDocument EmbeddedDocument DynamicEmbeddedDocument
orm peewee: Model
orm ormar: Model
orm piccolo: Table
raw builtins: dict object
raw typing: Any Dict Mapping MutableMapping OrderedDict DefaultDict
raw typing_extensions: Any
raw collections: defaultdict OrderedDict Counter ChainMap Mapping MutableMapping
raw ninja: DictStrAny
raw pydantic: Json JsonValue
scalar builtins: str int float bool bytes bytearray complex
scalar uuid: UUID
scalar flask_babel: _ gettext ngettext pgettext lazy_gettext
scalar jwt: encode
scalar flask_jwt_extended: create_access_token create_refresh_token get_csrf_token
scalar markdown: markdown
response flask_themes2: render_theme_template
response flask_themes: render_theme_template
response oto: flaskify
response litestar_vite: InertiaRedirect InertiaExternalRedirect InertiaBack InertiaResponse
response flask_ckeditor: upload_success upload_fail
scalar datetime: datetime date time timedelta
scalar decimal: Decimal
scalar pathlib: Path PurePath
scalar ipaddress: IPv4Address IPv6Address
scalar enum: Enum IntEnum StrEnum Flag IntFlag
scalar django: TextChoices IntegerChoices Choices
scalar typing: LiteralString AnyStr Hashable
scalar bson: ObjectId
scalar markupsafe: Markup escape
scalar beanie: PydanticObjectId
scalar pydantic: EmailStr NameEmail HttpUrl AnyUrl AnyHttpUrl AnyWebsocketUrl PostgresDsn RedisDsn SecretStr SecretBytes
scalar pydantic: UUID UUID1 UUID3 UUID4 UUID5 UUID6 UUID7 AwareDatetime NaiveDatetime PastDatetime FutureDatetime PastDate
scalar pydantic: FutureDate PositiveInt NegativeInt NonNegativeInt NonPositiveInt PositiveFloat NegativeFloat StrictStr
scalar pydantic: NonNegativeFloat NonPositiveFloat StrictInt StrictFloat StrictBool StrictBytes FilePath DirectoryPath
scalar pydantic: IPvAnyAddress ByteSize Base64Str Base64Bytes StringConstraints conint constr confloat condecimal
scalar pydantic_extra_types: PhoneNumber Color CountryAlpha2 TimeZoneName
session sqlalchemy: Session sessionmaker() scoped_session Connection sessionmaker().begin
session sqlalchemy: create_engine().connect create_engine().begin Engine().connect Engine().begin
async-session sqlalchemy: AsyncSession async_sessionmaker() async_scoped_session AsyncConnection async_sessionmaker().begin
async-session sqlalchemy: create_async_engine().connect create_async_engine().begin AsyncEngine().connect AsyncEngine().begin
maker sqlalchemy: create_engine create_async_engine Engine AsyncEngine
session sqlmodel: Session
async-session sqlmodel: AsyncSession
maker sqlalchemy: sessionmaker async_sessionmaker
maker flask_sqlalchemy: SQLAlchemy
query sqlalchemy: select exists
query sqlmodel: select
query django: get_object_or_404 get_list_or_404
write sqlalchemy: insert update delete
write sqlmodel: insert update delete
blocking time: sleep
blocking requests: get post put patch delete head options request Session session
blocking httpx: get post put patch delete head options request stream Client
blocking urllib: urlopen urlretrieve
blocking urllib3: PoolManager request
blocking subprocess: Popen run call check_call check_output getoutput getstatusoutput
blocking os: system popen
blocking socket: create_connection getaddrinfo gethostbyname
blocking smtplib: SMTP SMTP_SSL
blocking shutil: copytree rmtree copyfile copyfileobj copy copy2 move make_archive unpack_archive
blocking builtins: open input
blocking redis: Redis StrictRedis from_url
blocking pymongo: MongoClient
blocking psycopg2: connect
blocking pymysql: connect
blocking sqlite3: connect
outbound httpx: AsyncClient
outbound aiohttp: ClientSession
outbound aiofiles: open
outbound aiosmtplib: send
blocking boto3: client resource
blocking psycopg: connect
blocking MySQLdb: connect
blocking pyodbc: connect
outbound aioboto3: Session
outbound zipfile: ZipFile
outbound tarfile: open
outbound asyncio: create_subprocess_exec create_subprocess_shell
none typing: NoReturn Never
none typing_extensions: NoReturn Never
none types: NoneType
"""


def knowledge(extra: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Return kinds by ``(top-level package, last name)``, those of the adapters included."""
    table: dict[tuple[str, str], str] = {}
    for line in KNOWLEDGE.strip().splitlines():
        head, _, names = line.partition(": ")
        kind, package = head.split()
        table.update({(package, name): kind for name in names.split()})
    return table | dict(extra)
