{{/* The pod's and the container's security contexts that Pod Security's `restricted` asks for; the root is read-only. */}}
{{- define "specify7.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}
{{- define "specify7.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "specify7.apiUrl" -}}
{{- if .Values.prefect.server.enabled -}}
http://{{ include "specify7.server.name" . }}:{{ .Values.prefect.server.service.port }}/api
{{- else -}}
{{ .Values.prefect.apiUrl }}
{{- end -}}
{{- end -}}

{{/* Whom our programs speak to: worker, deploy job and test. */}}
{{- define "specify7.clientEnv" -}}
- name: PREFECT_API_URL
  value: {{ include "specify7.apiUrl" . | quote }}
{{- if .Values.prefect.server.enabled }}
# For the links in logs and states.
- name: PREFECT_UI_URL
  value: {{ include "specify7.server.uiApiUrl" . | trimSuffix "/api" | quote }}
{{- end }}
{{- if .Values.prefect.basicAuth.enabled }}
- name: PREFECT_API_AUTH_STRING
  valueFrom: { secretKeyRef: { name: {{ .Values.prefect.basicAuth.existingSecret }}, key: {{ .Values.prefect.basicAuth.key }} } }
{{- end }}
- name: HOME
  value: /home/node
- name: PREFECT_HOME
  value: /home/node/.prefect
{{- end -}}

{{/*
The repository, and a credential helper that reads the mounted token: it never stands in an environment, an
argument or a remote's address, and a token that is exchanged counts at once.
*/}}
{{- define "specify7.gitEnv" -}}
{{- with .Values.git.repository }}
- name: GIT_REPOSITORY_URL
  value: {{ . | quote }}
- name: GIT_BRANCH
  value: {{ $.Values.git.branch | quote }}
{{- end }}
{{- if and .Values.git.tokenSecret.name (hasPrefix "http" .Values.git.repository) }}
{{- $url := urlParse .Values.git.repository }}
- name: GIT_CONFIG_COUNT
  value: "1"
- name: GIT_CONFIG_KEY_0
  value: "credential.{{ $url.scheme }}://{{ $url.host }}.helper"
- name: GIT_CONFIG_VALUE_0
  value: '!f() { test "$1" = get && printf "username=%s\npassword=%s\n" {{ .Values.git.username | quote }} "$(cat /var/run/secrets/git/token)"; }; f'
{{- end }}
{{- end -}}

{{- define "specify7.gitVolumes" -}}
{{- with .Values.git.tokenSecret }}
{{- if .name }}
- name: git-token
  secret: { secretName: {{ .name }}, items: [{ key: {{ .key }}, path: token }] }
{{- end }}
{{- end }}
{{- end -}}
{{- define "specify7.gitMounts" -}}
{{- if .Values.git.tokenSecret.name }}
- { name: git-token, mountPath: /var/run/secrets/git, readOnly: true }
{{- end }}
{{- end -}}

{{/* (dict "root" $ "values" …): where a pod may run. */}}
{{- define "specify7.placement" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}
