{{/* The prefix of every name: at most 40 characters, so that the longest suffix fits in 63. */}}
{{- define "specify7.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- default $full .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "specify7.server.name" -}}{{ include "specify7.fullname" . }}-prefect-server{{- end -}}
{{- define "specify7.worker.name" -}}{{ include "specify7.fullname" . }}-prefect-dev-worker{{- end -}}
{{- define "specify7.deploy.name" -}}{{ include "specify7.fullname" . }}-prefect-deploy{{- end -}}

{{/* (dict "root" $ "component" "prefect-server"): what selectors may use, and what never changes. */}}
{{- define "specify7.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
component: {{ .component }}
{{- end -}}

{{/* The same arguments: the labels of an object. */}}
{{- define "specify7.labels" -}}
{{ include "specify7.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "specify7.worker.serviceAccount" -}}
{{- with .Values.prefect.devWorker.serviceAccount -}}
{{- if .create }}{{ default (include "specify7.worker.name" $) .name }}{{ else }}{{ .name }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* Secret of the worker's environment; empty where there is none. */}}
{{- define "specify7.envSecret" -}}
{{- if .Values.secrets.create }}{{ include "specify7.fullname" . }}-env{{ else }}{{ .Values.secrets.existingSecret }}{{ end -}}
{{- end -}}

{{/* (dict "image" … "fallback" …): repository:tag, or repository@digest. */}}
{{- define "specify7.image" -}}
{{- if .image.digest -}}{{ .image.repository }}@{{ .image.digest }}
{{- else -}}{{ .image.repository }}:{{ default .fallback .image.tag }}{{- end -}}
{{- end -}}

{{- define "specify7.worker.image" -}}
{{ include "specify7.image" (dict "image" .Values.prefect.devWorker.image "fallback" .Chart.AppVersion) }}
{{- end -}}

{{- define "specify7.server.uiApiUrl" -}}
{{- with .Values.prefect.server -}}
{{- if .uiApiUrl }}{{ .uiApiUrl -}}
{{- else if .ingress.enabled }}{{ ternary "https" "http" (not (empty .ingress.tlsSecret)) }}://{{ .ingress.host }}{{ trimSuffix "/" .ingress.path }}/api
{{- else }}http://127.0.0.1:4200/api{{ end -}}
{{- end -}}
{{- end -}}
