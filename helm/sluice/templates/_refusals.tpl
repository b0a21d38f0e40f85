{{/* What a values file can say that no pod could serve: refused here, before anything is installed. */}}
{{- define "sluice.refusals" -}}
{{- include "sluice.refusals.schema" . }}
{{- include "sluice.refusals.brokers" . }}
{{- include "sluice.refusals.embedded" . }}
{{- include "sluice.refusals.settings" . }}
{{- if eq (int .Values.ports.public) (int .Values.ports.admin) }}
{{- fail "\n\nports.public and ports.admin are the same: the admin port must be apart." }}
{{- end }}
{{- $needed := add (int .Values.preStopSeconds) (int .Values.drainSeconds) 15 }}
{{- if lt (int .Values.terminationGracePeriodSeconds) (int $needed) }}
{{- fail (printf "\n\nterminationGracePeriodSeconds is too short for the drain: give it at least %d (preStopSeconds + drainSeconds + 10 for publishes in flight + 5 to spare)." $needed) }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "\n\ningress.enabled needs ingress.hosts: the names under which clients come." }}
{{- end }}
{{- if .Values.autoscaling.enabled }}
{{- if lt (int .Values.autoscaling.maxReplicas) (int .Values.autoscaling.minReplicas) }}
{{- fail "\n\nautoscaling.maxReplicas is below autoscaling.minReplicas." }}
{{- end }}
{{- if not (or .Values.autoscaling.connectionsPerPod .Values.autoscaling.cpuUtilization) }}
{{- fail "\n\nautoscaling.enabled needs a measure: autoscaling.connectionsPerPod, autoscaling.cpuUtilization or both." }}
{{- end }}
{{- if and .Values.autoscaling.cpuUtilization (not (dig "requests" "cpu" "" .Values.resources)) }}
{{- fail "\n\nautoscaling.cpuUtilization is a share of resources.requests.cpu, which is not given." }}
{{- end }}
{{- end }}
{{- end }}

{{- define "sluice.refusals.schema" -}}
{{- if and (not .Values.schema.text) (not .Values.schema.existingConfigMap) }}
{{- fail "\n\nThere is no schema: give --set-file schema.text=schema.graphql, or schema.existingConfigMap." }}
{{- end }}
{{- if and .Values.schema.text .Values.schema.existingConfigMap }}
{{- fail "\n\nschema.text and schema.existingConfigMap are both given: remove one." }}
{{- end }}
{{- end }}

{{- define "sluice.refusals.brokers" -}}
{{- if not (or .Values.redis.existingSecret .Values.kafka.brokers .Values.kafka.existingSecret .Values.embedded.enabled (dig "redis" "sentinels" "" .Values.settings) (dig "redis" "cluster" "" .Values.settings)) }}
{{- fail "\n\nNo broker is bound: give redis.existingSecret (EPHEMERAL and BUFFERED topics), kafka.brokers or kafka.existingSecret (DURABLE topics). A pod keeps no events itself." }}
{{- end }}
{{- if and .Values.kafka.brokers .Values.kafka.existingSecret }}
{{- fail "\n\nkafka.brokers and kafka.existingSecret are both given: remove one." }}
{{- end }}
{{- end }}

{{- define "sluice.refusals.embedded" -}}
{{- if .Values.embedded.enabled }}
{{- if .Values.autoscaling.enabled }}
{{- fail "\n\nembedded.enabled and autoscaling.enabled are both given: an embedded log lives in one pod, and others would not see its events. Bind Redis and Kafka to scale out." }}
{{- end }}
{{- if gt (int .Values.replicaCount) 1 }}
{{- fail (printf "\n\nembedded.enabled needs replicaCount: 1 (it is %d): an embedded log lives in one pod, and others would not see its events. Bind Redis and Kafka to scale out." (int .Values.replicaCount)) }}
{{- end }}
{{- if not .Values.embedded.persistence.enabled }}
{{- fail "\n\nembedded.enabled needs embedded.persistence.enabled: without a volume, acknowledged events would go with the pod." }}
{{- end }}
{{- if ne (toString .Values.workers) "1" }}
{{- fail "\n\nembedded.enabled needs workers: 1: an embedded log lives in one process." }}
{{- end }}
{{- end }}
{{- end }}

{{/* A variable wins over the file, so that what the chart sets itself would be ignored there. */}}
{{- define "sluice.refusals.settings" -}}
{{- $elsewhere := dict "host" "" "port" "ports.public" "admin" "ports.admin" "schema" "schema.text" "auth" "auth" "workers" "workers" "drainSeconds" "drainSeconds" "embedded" "embedded.enabled" "dataDir" "" "createTopics" "kafka.createTopics" "allowWeakDurability" "kafka.allowWeakDurability" }}
{{- range $key, $value := .Values.settings }}
{{- if hasKey $elsewhere $key }}
{{- $instead := get $elsewhere $key }}
{{- fail (printf "\n\nsettings.%s is set by the chart itself%s." $key (empty $instead | ternary ": remove it" (printf ": give %s in its place" $instead))) }}
{{- end }}
{{- end }}
{{- if hasKey (default dict .Values.settings.redis) "url" }}
{{- fail "\n\nsettings.redis.url would stand in a ConfigMap, with its password: put it into a Secret and name that in redis.existingSecret." }}
{{- end }}
{{- range $section, $variables := dict "redis" (dict "password" "SLUICE_REDIS_PASSWORD" "sentinelPassword" "SLUICE_REDIS_SENTINEL_PASSWORD") "kafka" (dict "password" "SLUICE_KAFKA_PASSWORD") }}
{{- range $key, $variable := $variables }}
{{- if hasKey (default dict (get $.Values.settings $section)) $key }}
{{- fail (printf "\n\nsettings.%s.%s would stand in a ConfigMap: put it into a Secret, and give it as extraEnv: [{name: %s, valueFrom: {secretKeyRef: …}}]." $section $key $variable) }}
{{- end }}
{{- end }}
{{- end }}
{{- if hasKey (default dict .Values.settings.kafka) "brokers" }}
{{- fail "\n\nsettings.kafka.brokers is set by the chart itself: give kafka.brokers in its place." }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if has .name (list "SLUICE_HOST" "SLUICE_PORT" "SLUICE_ADMIN_HOST" "SLUICE_ADMIN_PORT" "SLUICE_AUTH" "SLUICE_SCHEMA" "SLUICE_CONFIG" "SLUICE_WORKERS" "SLUICE_DRAIN_SECONDS" "SLUICE_EMBEDDED" "SLUICE_DATA_DIR" "SLUICE_REDIS_URL" "SLUICE_KAFKA_BROKERS" "SLUICE_CREATE_TOPICS" "SLUICE_ALLOW_WEAK_DURABILITY") }}
{{- fail (printf "\n\nextraEnv has %s, which has a value of its own in this chart: see README.md." .name) }}
{{- end }}
{{- end }}
{{- end }}
