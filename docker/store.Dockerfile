# The Versity S3 gateway alone, for the chart's embedded store. Built by `make images FAMILY=store`, which first makes the
# static binary build/images/versitygw from its Go module (CGO_ENABLED=0): nothing else is in the image.
FROM scratch
COPY build/images/versitygw /versitygw
USER 65532:65532
ENTRYPOINT ["/versitygw"]
LABEL org.opencontainers.image.title="codekiln store: Versity S3 gateway" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.source="https://github.com/versity/versitygw"
