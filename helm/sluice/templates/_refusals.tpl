{{/* What a values file can say that no pod could serve: refused here, before anything is installed. */}}
{{- define "sluice.refusals" -}}
{{- if and (not .Values.schema.text) (not .Values.schema.existingConfigMap) }}
{{- fail "\n\nThere is no schema: give --set-file schema.text=schema.graphql, or schema.existingConfigMap." }}
{{- end }}
{{- if and .Values.schema.text .Values.schema.existingConfigMap }}
{{- fail "\n\nschema.text and schema.existingConfigMap are both given: remove one." }}
{{- end }}
{{- if not (or .Values.redis.existingSecret .Values.kafka.brokers .Values.kafka.existingSecret) }}
{{- fail "\n\nNo broker is bound: give redis.existingSecret (EPHEMERAL and BUFFERED topics), kafka.brokers or kafka.existingSecret (DURABLE topics). A pod keeps no events itself." }}
{{- end }}
{{- if and .Values.kafka.brokers .Values.kafka.existingSecret }}
{{- fail "\n\nkafka.brokers and kafka.existingSecret are both given: remove one." }}
{{- end }}
{{- if eq (int .Values.ports.public) (int .Values.ports.admin) }}
{{- fail "\n\nports.public and ports.admin are the same: the admin port must be apart." }}
{{- end }}
{{- if lt (int .Values.terminationGracePeriodSeconds) (add (int .Values.preStopSeconds) 10) }}
{{- fail "\n\nterminationGracePeriodSeconds must be at least preStopSeconds + 10, so that publishes in flight are answered." }}
{{- end }}
{{- end }}
