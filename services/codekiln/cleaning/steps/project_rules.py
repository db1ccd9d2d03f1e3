"""Files around the code that editors, package tools and checkers read or write: settings, reports, records. Data only.

Manifests that people write (package.json, Cargo.toml, pom.xml, build.gradle, Dockerfile, Makefile, setup.py) are none of these.
"""

# ruff: noqa: E501
from __future__ import annotations

from codekiln.cleaning.steps.file_rule import Rule

PROJECT_FILES: tuple[Rule, ...] = (
    Rule(
        "project of an editor",
        r"(?:\.(?:iml|ipr|iws|code-workspace|kdev4|sublime-project|sublime-workspace|komodoproject|tmproj)|\.(?:pro|txt|creator|qbs)\.user(?:\.[\w.-]+)?|(?:^|/)\.(?:classpath|project|cproject|pydevproject|buildpath|tern-project|kateproject|ropeproject)|(?:^|/)(?:\.settings|\.vs|\.fleet|\.zed|\.devcontainer|\.run|nbproject)/.+)$",
    ),
    Rule(
        "project of Visual Studio",
        r"\.(?:(?:cs|vb|fs|vcx?|sql|njs|py|db|wix|shf|shade|cc|android|wap|esp|nuget|lua|dcs|rpt|nf|modeler|dotnet|x|sfa)proj(?:\.(?:filters|user|webinfo|vspscc))?|slnx?|slnf|dsw|vcproj|props\.user|suo|vsixmanifest|pubxml|ruleset|settings|resx|resw|csdproj|datasource|svcmap|svcinfo|wsdl\.config|DotSettings)$",
    ),
    Rule(
        "settings of .NET",
        r"(?:^|/)(?:(?i:app|web|packages|nuget|repositories)(?:\.\w+)?\.config|launchSettings\.json|libman\.json|bundleconfig\.json|compilerconfig\.json(?:\.defaults)?)$",
    ),
    Rule(
        ".NET assembly attributes",
        r"(?:^|/)(?:\w+\.)*(?:AssemblyInfo|AssemblyAttributes|GlobalUsings\.g|SolutionInfo|SharedAssemblyInfo|CommonAssemblyInfo|GlobalAssemblyInfo)\.(?:cs|vb|fs|cpp)$",
    ),
    Rule("Godot resource", r"\.(?:import|tscn|tres|escn)$", r"\A(?:\[remap\]|\[gd_(?:scene|resource)\b)"),
    Rule(
        "settings of a formatter or linter",
        r"(?:^|/)(?:\.(?:eslint|prettier|stylelint|tslint|jshint|jscs|csslint|htmlhint|standard|xo|babel|swc|browserslist|lintstaged|commitlint|huskyrc|nyc|mocha|jest|istanbul|postcss|huskyrc|npmpackagejsonlint|remark|textlint|alex|ncu|releaserc|czrc|auto|sass-lint|scss-lint|stylish|markdownlint|yamllint|pylint|flake8|isort|pep8|pycodestyle|pydocstyle|coverage|bandit|rubocop|reek|haml-lint|erb-lint|simplecov|rspec|clang-(?:format|tidy)|uncrustify|astyle|swiftlint|swiftformat|scalafmt|scalafix|credo|formatter|hlint|stylish-haskell|luacheck|perlcriticrc|perltidyrc|golangci|php[-_]cs(?:[-_.]fixer)?|phpcs|styleci|codeclimate|codacy|codecov|hound|editorconfig|pre-commit-config|jsbeautify|jsbeautifyrc|dockerignore|npmignore|npmrc|yarnrc|nvmrc)(?:rc|ignore)?(?:\.(?:[cm]?js|ts|json|json5|ya?ml|toml|xml|conf|exs|php|dist|lua|rb|properties|ini))*|tslint\.json|biome\.jsonc?|dprint\.json|checkstyle(?:[-_]\w+)?\.xml|pmd(?:[-_]\w+)?\.xml|phpcs\.xml(?:\.dist)?|phpunit\.xml(?:\.dist)?|phpstan\.neon(?:\.dist)?|psalm\.xml(?:\.dist)?|detekt(?:-config)?\.yml|lint\.xml|suppressions\.xml|findbugs-\w+\.xml|spotbugs-\w+\.xml|tox\.ini|pytest\.ini|mypy\.ini|pylintrc|rustfmt\.toml|clippy\.toml|deny\.toml|ruff\.toml|analysis_options\.yaml)$",
    ),
    Rule(
        "settings of a script builder",
        r"(?:^|/)(?:(?:babel|jest|prettier|eslint|stylelint|tailwind|postcss|commitlint|lint-staged|svelte|next|nuxt|vue|vite|vitest|playwright|cypress|metro|webpack|rollup|tsup|astro|gatsby|remix|craco|knip|unocss|windi|karma|protractor|wdio|nightwatch|nodemon|semantic-release|release|changelog|snowpack|rspack|rsbuild|esbuild|electron\.vite|drizzle|capacitor|react-native|docusaurus|vuepress|codegen|orval|size-limit|ava|mocha)(?:\.[\w-]+)?\.conf(?:ig)?\.(?:[cm]?[jt]s|json)|(?:ts|js)config(?:[.-][\w.-]+)?\.json|gatsby-(?:config|browser|ssr)\.js|nodemon\.json|karma\.conf\.js|angular(?:-cli)?\.json|\.angular-cli\.json|lerna\.json|nx\.json|turbo\.json|rush\.json|renovate\.json5?|\.renovaterc(?:\.json)?|vercel\.json|now\.json|netlify\.toml|firebase\.json|cypress\.json|components\.json|typedoc\.json)$",
    ),
    Rule(
        "settings of continuous integration",
        r"(?:^|/)(?:\.(?:travis|gitlab-ci|appveyor|drone|cirrus|wercker|scrutinizer|shippable|semaphore|readthedocs|mergify|dependabot|goreleaser|landscape|hound|whitesource|lgtm|packit|zuul|woodpecker|snyk|deepsource|sonarcloud|gitpod|stickler|fossa)\.(?:ya?ml|toml|properties)|\.(?:snyk|whitesource|fossa|circleci/.+|buildkite/.+|semaphore/.+|azure-pipelines/.+|woodpecker/.+|forgejo/.+|gitea/workflows/.+)|\.?appveyor\.ya?ml|azure-pipelines[\w.-]*\.ya?ml|bitbucket-pipelines\.ya?ml|buildspec[\w.-]*\.ya?ml|cloudbuild\.ya?ml|circle\.ya?ml|codecov\.ya?ml|codeship-\w+\.yml|readthedocs\.ya?ml|sonar-project\.properties|netlify\.toml)$",
    ),
    Rule(
        "package metadata",
        r"(?:^|/)(?:[^/]+\.(?:egg-info|dist-info)/.+|PKG-INFO|\.openapi-generator/.+|\.openapi-generator-ignore|\.swagger-codegen(?:-ignore|/.+))$",
    ),
    Rule(
        "state of Terraform",
        r"(?:\.tfstate(?:\.\w+)*|(?:^|/)(?:\.terraform|\.terragrunt-cache|cdk\.out|\.serverless|\.aws-sam|\.pulumi)/.+)$",
    ),
    Rule(
        "report of tests",
        r"(?:^|/)(?:coverage|clover|cobertura|jacoco|TEST-[^/]+|[\w-]*(?:junit|nosetests|xunit|test-results?|testsuites?)[\w-]*)\.xml$",
        r"<(?:coverage|testsuites?|report|testsuite)\b",
    ),
    Rule("log", r"\.(?:log|out\.txt|stackdump)$"),
    Rule(
        "recorded session",
        r"\.(?:ya?ml|har|json)$",
        r"(?:\A(?:---\n)?(?:http_)?interactions:\s*\n|\A\s*\{\s*\"log\":\s*\{\s*\"(?:_recordingName|version)\")",
    ),
    Rule("built Python package", r"(?:^|/)build/lib(?:\.[\w.-]+)?/.+\.py$"),
    Rule(
        "folder of build output",
        r"(?i:(?:^|/)(?:cmake-build-[\w-]+|bazel-(?:out|bin|genfiles|testlogs)|DerivedData|SourcePackages/checkouts|\.build/(?:checkouts|debug|release|repositories)|_build/(?:dev|test|prod|default|html|lib)|\.ipynb_checkpoints|__pypackages__|vcpkg_installed|\.svelte-kit|\.docusaurus|\.angular|\.parcel-cache|\.turbo|\.vercel|\.astro|\.expo|\.dart_tool|\.stack-work|dist-newstyle|elm-stuff|\.nox|\.mypy_cache|\.ruff_cache|\.pytest_cache|_site|public/build|\.sass-cache|\.bundle|build/(?:generated|intermediates|classes|tmp|bdist\.[\w.-]+|temp\.[\w.-]+)|target/(?:debug|release|classes|test-classes|generated-(?:test-)?sources|scala-[\d.]+|maven-status|doc)|obj/(?:debug|release|x64|x86|any ?cpu|arm\w*|net[\d.]+)|bin/(?:debug|release)|Intermediate/Build|storage/framework|bootstrap/cache|var/cache|generated-sources|CompilerIdCX{0,2})/)",
    ),
)
