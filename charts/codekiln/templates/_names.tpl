{{/* Names, labels and images. `component` is the label that tells our workloads apart. */}}

{{- define "codekiln.fullname" -}}
{{- $name := .Values.nameOverride | default "codekiln" -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- /* 63 characters are allowed; the longest suffix is `-dashboard-evaluation`. */ -}}
{{- .Values.fullnameOverride | default $full | trunc 42 | trimSuffix "-" -}}
{{- end }}

{{/* What selects the pods of a component. Never the version: selectors cannot change. */}}
{{- define "codekiln.selector" -}}
app.kubernetes.io/name: codekiln
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "codekiln.labels" -}}
{{ include "codekiln.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: codekiln
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels and annotations of a pod, as the metadata of a pod template. `metrics`: the pod serves them on 9090. */}}
{{- define "codekiln.podMetadata" -}}
labels:
  {{- include "codekiln.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  app.kubernetes.io/part-of: codekiln
  {{- with .w.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $annotations := .annotations | default dict }}
{{- if and .root.Values.metrics.annotations (ne .component "store") }}
{{- $_ := set $annotations "prometheus.io/scrape" "true" }}
{{- $_ := set $annotations "prometheus.io/port" "9090" }}
{{- $_ := set $annotations "prometheus.io/path" "/metrics" }}
{{- end }}
{{- with merge $annotations .w.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "codekiln.serviceAccount" -}}
{{- .w.serviceAccount.name | default (printf "%s-%s" (include "codekiln.fullname" .root) .component) -}}
{{- end }}

{{- define "codekiln.image" -}}
{{- $all := .root.Values.image -}}
{{- $repository := .w.image.repository | default (printf "%s/%s" $all.repository .family) -}}
{{- with .w.image.registry | default $all.registry }}{{ . }}/{{ end -}}
{{- if .w.image.digest -}}
{{ $repository }}@{{ .w.image.digest }}
{{- else -}}
{{ $repository }}:{{ .w.image.tag | default $all.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* All workloads that are on: values by component, each over `defaults`. JSON. */}}
{{- define "codekiln.workloads" -}}
{{- $v := .Values -}}
{{- $all := dict -}}
{{- range $service := list "ingestion" "cleaning" "tokenizer" "trainer" "evaluation" -}}
{{- $_ := set $all $service (omit (index $v $service) "worker") -}}
{{- $_ := set $all (printf "%s-worker" $service) (index $v $service "worker") -}}
{{- end -}}
{{- $_ := set $all "sandbox" $v.sandbox -}}
{{- if $v.inference.enabled -}}{{- $_ := set $all "inference" $v.inference -}}{{- end -}}
{{- if $v.dask.enabled -}}
{{- $_ := set $all "dask-scheduler" $v.dask.scheduler -}}
{{- $_ := set $all "dask-worker" $v.dask.worker -}}
{{- end -}}
{{- if $v.store.embedded.enabled -}}{{- $_ := set $all "store" $v.store.embedded -}}{{- end -}}
{{- range $component, $w := $all -}}
{{- $_ := set $all $component (mergeOverwrite (deepCopy $v.defaults) $w) -}}
{{- end -}}
{{- $all | toJson -}}
{{- end }}
