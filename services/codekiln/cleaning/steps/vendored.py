"""Vendored files: copies of other people's code, told by their path. They come in again from their own repository.

The rules follow what linguist calls vendored, in our own words.
"""

from __future__ import annotations

from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.patterns import every

RULES: tuple[tuple[str, str], ...] = (
    ("node_modules", r"(?:^|/)(?:node_modules|bower_components|jspm_packages|web_modules|xvba_modules|flow-typed)/"),
    (
        "vendor folder",
        r"(?:^|/)(?:_?v+endor(?:ed|s)?|_vendored_packages|[^/]*(?:third|3rd)[-_]?party|external_libs?|extern(?:als?)?|Godeps|Pods|Carthage|packages/.+\.\d+)/",
    ),
    ("folder at the root", r"^(?:dependencies|deps|debian|cache|env)/"),
    (
        "build output",
        r"(?:^|/)(?:dist|\.next|\.nuxt|\.output|__pycache__|\.tox|\.eggs|\.gradle|\.yarn|\.pnp|\.cache|_esy|\.google_apis)(?:/|$)",
    ),
    ("built documentation", r"(?:^|/)docs?/_?(?:build|themes?|templates?|static)/"),
    (
        "virtual environment",
        r"(?:^|/)(?:\.venv|\.?v?env/(?:lib|lib64|bin|include|Scripts)|site-packages|dist-packages)/",
    ),
    (
        "editor or tool folder",
        r"(?:^|/)(?:\.git|\.svn|\.hg|\.idea|\.vscode|\.github|\.obsidian|\.teamcity|\.mvn/wrapper|puphpet|\.sublime-(?:project|workspace)[^/]*|\.osx|\.DS_Store)(?:/|$)",
    ),
    ("settings of git", r"(?:^|/)\.git(?:attributes|ignore|modules)$"),
    ("test data", r"(?:^|/)(?:testdata|tests?/fixtures|specs?/fixtures|inst/extdata)/"),
    (
        "bundled library",
        r"(?:^|/)(?:react|vue|d3|lodash|underscore|backbone|moment|dojo|ember|raphael|modernizr|mathjax|highlight|prettify|require|tinymce|ckeditor|codemirror|leaflet|three|socket\.io|normalize|font-?awesome|skeleton|animate|materialize|bulma|foundation|fuelux|bootbox|pdf\.worker|slick|wicket-leaflet|leaflet\.\w+|Control\.FullScreen|effects|controls|dragdrop|MochiKit|fontello|Chart|shCore|shLegacy|knockout|cordova|html5shiv|octicons|sprockets-octicons)"
        r"(?:[-.](?:v?\d[\w.]*|min|umd|esm|cjs|iife|full|slim|core|all|pack|src|debug|dev|development|prod|production|custom|common|global|runtime|browser|module|dom))*\.(?:js|mjs|cjs|css|less|scss|sass|styl)$",
    ),
    (
        "bundled library or a plugin of it",
        r"(?:^|/)(?:jquery|bootstrap|custom\.bootstrap|prototype|angular|mootools|yahoo-|yui|tiny_mce|shBrush|Microsoft(?:Mvc)?(?:Ajax|Validation))[^/]*\.(?:js|css|less|scss|styl)$",
    ),
    ("imported style sheets", r"import\.(?:css|less|scss|styl)$"),
    ("minified", r"[.-]min\.(?:js|css)$"),
    ("declarations of another library", r"\.d\.ts$"),
    ("editor support", r"(?:-vsdoc|\.intellisense)\.js$"),
    (
        "bundled folder",
        r"(?:^|/)(?:ckeditor|tiny_?mce/(?:langs|plugins|themes|utils)|MathJax|MochiKit|fancybox|yui|gradle/wrapper|bootstrap-datepicker|ace-builds|ace/src(?:-min)?(?:-noconflict)?|CodeMirror/(?:\d+\.\d+/)?(?:lib|mode|theme|addon|keymap|demo)|admin_media|extjs|Sparkle|Crashlytics\.framework|Fabric\.framework|BuddyBuildSDK\.framework|Realm(?:Swift)?\.framework)(?:/|$)",
    ),
    (
        "bundled style sheets",
        r"(?:^|/)(?:bourbon|foundation|font-?awesome|select2)/.*\.(?:css|less|scss|sass|styl|js)$",
    ),
    (
        "library of one file",
        r"(?:^|/)(?:sqlite3(?:ext)?\.[ch]|stb_\w+\.h|tinyxml2?\.(?:cpp|h)|pugi(?:xml|config)\.[ch]pp|nlohmann/json\.hpp|catch(?:_amalgamated)?\.[ch]pp|doctest\.h|lodepng\.(?:cpp|h)|gl(?:ad|ext|ew|xext)\.[ch]|khrplatform\.h|gtest-all\.cc|gmock-gtest-all\.cc|cJSON\.[ch]|miniz\.[ch]|lua\.hpp)$",
    ),
    ("library of a chip", r"(?:^|/)(?:CMSIS(?:[_-]\w+)?|STM32\w+_HAL_Driver|nRF5_SDK[\w.]*|esp-idf|FreeRTOS)/"),
    (
        "library in a folder with its version",
        r"(?:^|/)(?:ext|exts?|libs?|contrib|deps|src|plugins|include)/[a-z][\w+]*(?:-[a-z]\w*)*-v?\d+\.\d+(?:\.\d+)*[a-z]?/",
    ),
    ("copy of Bootstrap", r"(?:^|/)bootstrap(?:-sass|-\d[\w.-]*)?/(?:scss|less|sass|mixins|stylesheets|utilities)/"),
    ("WordPress", r"(?:^|/)wp-(?:includes|admin)/"),
    ("Xcode resource", r"\.(?:xctemplate|imageset)/"),
    (
        "script of a tool",
        r"(?:^|/)(?:gradlew(?:\.bat)?|mvnw(?:\.cmd)?|activator(?:\.bat)?|configure|config\.guess|config\.sub|aclocal\.m4|libtool\.m4|lt[\w~]+\.m4|ltmain\.sh|depcomp|test-driver|ylwrap|py-compile|ar-lib|mdate-sh|mkinstalldirs|elisp-comp|texinfo\.tex|install-sh|missing|compile|waf|rebar|erlang\.mk|run\.n|\.indent\.pro|ez_setup\.py|versioneer\.py|get-pip\.py|cpplint\.py|fabfile\.py|dotnet-install\.(?:ps1|sh)|Vagrantfile|Jenkinsfile|\.gitpod\.Dockerfile|proguard(?:-rules)?\.pro)$",
    ),
    ("file of a bundled tool", r"(?:^|/)(?:Jenkinsfile\.generated|yarn\.lock|\.pnp\.(?:c|m)?js)$"),
)
"""After linguist's vendor.yml, whose rules are all in here, but for two: folders named `cache` and `env` go at the root
of a repository only, since below it people keep code of their own in them."""

_ANY = every([(number, f"(?i){rule}") for number, (_, rule) in enumerate(RULES)])


class VendoredStep:
    """Drops files whose path says that they come from elsewhere."""

    name = "vendored"

    def apply(self, document: Document) -> Document | Drop:
        found = _ANY(document.path.encode(errors="replace"))
        return Drop("vendored", RULES[min(found)][0]) if found else document
