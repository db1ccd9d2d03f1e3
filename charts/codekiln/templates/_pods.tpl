{{/* What pods have in common: Pod Security restricted, scheduling, and the environment of a codekiln process. */}}

{{/* Fields of a pod's spec. The ServiceAccount's token is mounted only where `token` is true. */}}
{{- define "codekiln.podSpec" -}}
serviceAccountName: {{ include "codekiln.serviceAccount" . | quote }}
automountServiceAccountToken: {{ .token | default false }}
# Off: the variables that Services add would begin with CODEKILN_, and an unknown one of those is refused as a typo.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    {{- toYaml (.w.seccompProfile | default (dict "type" "RuntimeDefault")) | nindent 4 }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .w.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .w.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .w.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .w.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .w.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .w.runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Fields of a container: image and what Pod Security restricted asks for. */}}
{{- define "codekiln.container" -}}
image: {{ include "codekiln.image" . | quote }}
imagePullPolicy: {{ .w.image.pullPolicy | default .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* Resources, and `gpus` of `gpuResource` where there are some. */}}
{{- define "codekiln.resources" -}}
{{- $resources := deepCopy .w.resources -}}
{{- if .gpus -}}
{{- $_ := set $resources "limits" (set ($resources.limits | default dict) .gpuResource (int .gpus)) -}}
{{- end -}}
resources:
  {{- toYaml $resources | nindent 2 }}
{{- end }}

{{/* Annotations for a policy scanner: what holds for all workloads of ours. */}}
{{- define "codekiln.skips" -}}
checkov.io/skip1: CKV_K8S_43=digests are a value (image.digest) because each registry that the images are copied to may give its own
checkov.io/skip2: CKV_K8S_15=tags are versions that never move; Always would need the registry at each start
{{- end }}

{{/* Where the embedded store answers, or the external one. */}}
{{- define "codekiln.storeUrl" -}}
{{- if .Values.store.embedded.enabled -}}
s3://codekiln?endpoint=http://{{ include "codekiln.fullname" . }}-store:9000
{{- else -}}
{{ .Values.store.external.url }}
{{- end -}}
{{- end }}

{{/* Secret with the store's keys; empty where the store is reached without. */}}
{{- define "codekiln.storeSecret" -}}
{{- if .Values.store.embedded.enabled -}}
{{ .Values.store.embedded.existingSecret | default (printf "%s-store" (include "codekiln.fullname" .)) }}
{{- else -}}
{{ .Values.store.external.existingSecret }}
{{- end -}}
{{- end }}

{{/* Environment of every codekiln process. */}}
{{- define "codekiln.env" -}}
- {name: CODEKILN_HOME, value: /var/lib/codekiln}
- {name: CODEKILN_METRICS_LISTEN, value: "0.0.0.0:9090"}
- {name: CODEKILN_LOG_LEVEL, value: {{ .root.Values.logLevel }}}
{{- end }}

{{/* Environment of what serves gRPC on 7000, with health for the kubelet on 7001, which needs no certificate. */}}
{{- define "codekiln.serverEnv" -}}
- {name: CODEKILN_LISTEN, value: "0.0.0.0:7000"}
- {name: CODEKILN_HEALTH_LISTEN, value: "0.0.0.0:7001"}
- {name: CODEKILN_DRAIN_SECONDS, value: {{ .root.Values.drainSeconds | quote }}}
- {name: CODEKILN_REFLECTION, value: {{ .root.Values.reflection | quote }}}
{{- if .root.Values.auth.existingSecret }}
- {name: CODEKILN_AUTH_TOKEN_FILE, value: /etc/codekiln/auth/tokens}
{{- end }}
{{- include "codekiln.tlsEnv" . }}
{{- end }}

{{/* Environment of what shows a certificate to its callers. */}}
{{- define "codekiln.tlsEnv" }}
{{- if .root.Values.tls.existingSecret }}
- {name: CODEKILN_TLS_CERT_FILE, value: /etc/codekiln/tls/tls.crt}
- {name: CODEKILN_TLS_KEY_FILE, value: /etc/codekiln/tls/tls.key}
{{- if .root.Values.tls.clientCA }}
- {name: CODEKILN_TLS_CLIENT_CA_FILE, value: /etc/codekiln/tls/ca.crt}
{{- end }}
{{- end }}
{{- end }}

{{/* Environment of what calls our servers. */}}
{{- define "codekiln.clientEnv" -}}
{{- if .root.Values.auth.existingSecret }}
- {name: CODEKILN_AUTH_TOKEN_FILE, value: /etc/codekiln/auth/tokens}
{{- end }}
{{- if .root.Values.tls.existingSecret }}
- {name: CODEKILN_TLS_CA_FILE, value: /etc/codekiln/tls/ca.crt}
{{- if .root.Values.tls.clientCA }}
- {name: CODEKILN_TLS_CERT_FILE, value: /etc/codekiln/tls/tls.crt}
- {name: CODEKILN_TLS_KEY_FILE, value: /etc/codekiln/tls/tls.key}
{{- end }}
{{- end }}
{{- end }}

{{/* Environment of what reads and writes the store. */}}
{{- define "codekiln.storeEnv" -}}
- {name: CODEKILN_STORE, value: {{ include "codekiln.storeUrl" .root | quote }}}
{{- if include "codekiln.storeSecret" .root }}
- {name: CODEKILN_STORE_ACCESS_KEY_FILE, value: /etc/codekiln/store/access-key}
- {name: CODEKILN_STORE_SECRET_KEY_FILE, value: /etc/codekiln/store/secret-key}
{{- end }}
{{- if and .root.Values.store.external.url .root.Values.store.external.caSecret }}
- {name: SSL_CERT_FILE, value: /etc/codekiln/store-ca/ca.crt}
{{- end }}
{{- end }}

{{/* Mounts of every codekiln process, and of the secrets in `secrets`: some of store, auth, tls. */}}
{{- define "codekiln.mounts" -}}
- {name: home, mountPath: /var/lib/codekiln}
- {name: tmp, mountPath: /tmp}
{{- $values := .root.Values }}
{{- if and (has "store" .secrets) (include "codekiln.storeSecret" .root) }}
- {name: store, mountPath: /etc/codekiln/store, readOnly: true}
{{- end }}
{{- if and (has "store" .secrets) $values.store.external.url $values.store.external.caSecret }}
- {name: store-ca, mountPath: /etc/codekiln/store-ca, readOnly: true}
{{- end }}
{{- if and (has "auth" .secrets) $values.auth.existingSecret }}
- {name: auth, mountPath: /etc/codekiln/auth, readOnly: true}
{{- end }}
{{- if and (has "tls" .secrets) $values.tls.existingSecret }}
- {name: tls, mountPath: /etc/codekiln/tls, readOnly: true}
{{- end }}
{{- end }}

{{/* The volumes of those mounts. `home`: size of the local disk. */}}
{{- define "codekiln.volumes" -}}
- {name: home, emptyDir: {sizeLimit: {{ .home | default "512Mi" }}}}
- {name: tmp, emptyDir: {sizeLimit: {{ .home | default "512Mi" }}}}
{{- $values := .root.Values }}
{{- if has "store" .secrets }}
{{- with include "codekiln.storeSecret" .root }}
- {name: store, secret: {secretName: {{ . | quote }}, defaultMode: 0440, items: [{key: access-key, path: access-key}, {key: secret-key, path: secret-key}]}}
{{- end }}
{{- if and $values.store.external.url $values.store.external.caSecret }}
- {name: store-ca, secret: {secretName: {{ $values.store.external.caSecret | quote }}, defaultMode: 0440, items: [{key: ca.crt, path: ca.crt}]}}
{{- end }}
{{- end }}
{{- if has "auth" .secrets }}
{{- with $values.auth.existingSecret }}
- {name: auth, secret: {secretName: {{ . | quote }}, defaultMode: 0440, items: [{key: tokens, path: tokens}]}}
{{- end }}
{{- end }}
{{- if has "tls" .secrets }}
{{- with $values.tls.existingSecret }}
- {name: tls, secret: {secretName: {{ . | quote }}, defaultMode: 0440}}
{{- end }}
{{- end }}
{{- end }}

{{/* Probes of a server. `ready`: the gRPC service whose health means that pods may send it work. */}}
{{- define "codekiln.probes" -}}
startupProbe:
  grpc: {port: 7001}
  periodSeconds: 2
  failureThreshold: 60
readinessProbe:
  grpc: {port: 7001{{ with .ready }}, service: {{ . }}{{ end }}}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 3
livenessProbe:
  grpc: {port: 7001}
  periodSeconds: 20
  timeoutSeconds: 5
  failureThreshold: 6
{{- end }}

{{/* Not empty where the cleaning server scales the Dask workers. */}}
{{- define "codekiln.daskScales" -}}
{{- $replicas := .Values.dask.worker.replicas -}}
{{- if and .Values.dask.enabled (lt (int $replicas.min) (int $replicas.max)) }}yes{{ end -}}
{{- end }}

{{/* Probes of Dask: its health is served beside its metrics. */}}
{{- define "codekiln.daskProbes" -}}
startupProbe:
  httpGet: {path: /health, port: metrics}
  periodSeconds: 2
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /health, port: metrics}
  periodSeconds: 5
  timeoutSeconds: 3
livenessProbe:
  httpGet: {path: /health, port: metrics}
  periodSeconds: 20
  timeoutSeconds: 10
  # A task may hold the interpreter for long; two minutes of silence are another matter.
  failureThreshold: 6
{{- end }}
