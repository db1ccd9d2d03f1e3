{{/* Pods of workers, for a server's ConfigMap and for a TrainingRuntime. `service`: whose; `container`: what its container is called. */}}
{{- define "codekiln.workerPod" -}}
{{- $full := include "codekiln.fullname" .root }}
{{- $component := printf "%s-worker" .service }}
{{- $workloads := include "codekiln.workloads" .root | fromJson }}
{{- $w := get $workloads $component }}
{{- $server := get $workloads .service }}
{{- $family := get (dict "trainer" "trainer" "evaluation" "services") .service | default "data" }}
{{- $secrets := ternary (list "store" "auth" "tls") (list "store") (eq .service "evaluation") }}
{{- $in := dict "root" .root "component" $component "w" $w "family" $family "secrets" $secrets "home" $w.scratch "gpus" $server.gpus "gpuResource" $server.gpuResource -}}
metadata:
  {{- include "codekiln.podMetadata" $in | nindent 2 }}
spec:
  restartPolicy: Never
  {{- with .deadline }}
  activeDeadlineSeconds: {{ int . }}
  {{- end }}
  {{- include "codekiln.podSpec" $in | nindent 2 }}
  terminationGracePeriodSeconds: {{ add (ceil $.root.Values.jobs.stopSeconds) 10 }}
  containers:
    - name: {{ .container }}
      {{- include "codekiln.container" $in | nindent 6 }}
      env:
        {{- include "codekiln.env" $in | nindent 8 }}
        {{- include "codekiln.storeEnv" $in | nindent 8 }}
        {{- if and (eq $.service "cleaning") $.root.Values.dask.enabled }}
        - {name: CODEKILN_DASK_SCHEDULER, value: "tcp://{{ $full }}-dask-scheduler:8786"}
        {{- end }}
        {{- if eq $.service "evaluation" }}
        - {name: CODEKILN_SANDBOX_ENDPOINT, value: "{{ if $.root.Values.tls.existingSecret }}tls://{{ end }}{{ $full }}-sandbox:7000"}
        {{- if $.root.Values.inference.enabled }}
        - {name: CODEKILN_INFERENCE_ENDPOINT, value: "{{ $full }}-inference:7000"}
        {{- end }}
        {{- include "codekiln.clientEnv" $in | nindent 8 }}
        {{- end }}
        {{- with $w.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - {name: metrics, containerPort: 9090}
      {{- include "codekiln.resources" $in | nindent 6 }}
      volumeMounts:
        {{- include "codekiln.mounts" $in | nindent 8 }}
        {{- if eq $.service "trainer" }}
        - {name: shm, mountPath: /dev/shm}
        {{- end }}
  volumes:
    {{- include "codekiln.volumes" $in | nindent 4 }}
    {{- if eq $.service "trainer" }}
    - {name: shm, emptyDir: {medium: Memory, sizeLimit: {{ $server.sharedMemory }}}}
    {{- end }}
{{- end }}

{{/* What TrainJobs are made from: the chart's own, or the one that the values name. */}}
{{- define "codekiln.trainingRuntime" -}}
{{ .Values.trainer.trainingRuntime | default (printf "%s-trainer" (include "codekiln.fullname" .)) }}
{{- end }}
