# The server alone, as a user without rights. Build: docker build -t bayou .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# Packages first: they change seldom, and this layer is then kept.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY Records/Records.csproj Records/
COPY Import/Import.csproj Import/
COPY Raft/Raft.csproj Raft/
COPY Storage/Storage.csproj Storage/
COPY Grains.Interfaces/Grains.Interfaces.csproj Grains.Interfaces/
COPY Grains/Grains.csproj Grains/
COPY Gateway/Gateway.csproj Gateway/
COPY Silo/Silo.csproj Silo/
RUN dotnet restore Silo/Silo.csproj
COPY . .
RUN dotnet publish Silo/Silo.csproj -c Release --no-restore -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
# The working directory is where the server makes its bayou-data.
RUN mkdir /var/lib/bayou && chown "$APP_UID" /var/lib/bayou
WORKDIR /var/lib/bayou
VOLUME /var/lib/bayou
USER $APP_UID
EXPOSE 4222 8222
# The image has no HTTP client; bash can open a socket itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8222 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/app/bayou"]
# As the image of nats-streaming-server: arguments of `docker run` take the place of this.
CMD ["-m", "8222"]
