using System.Collections.Concurrent;
using System.Net;
using Bayou.TestKit;
using Google.Protobuf;

namespace Bayou.ProcessTests.Telemetry;

/// <summary>Takes metrics as OTLP over HTTP, and notes of each its name, and what sent it.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    public Collector()
    {
        Url = $"http://127.0.0.1:{FreePort.Find()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    /// <summary>Paths that were asked for.</summary>
    public ConcurrentQueue<string> Paths { get; } = new();

    /// <summary>Names of metrics.</summary>
    public ConcurrentDictionary<string, bool> Metrics { get; } = new(StringComparer.Ordinal);

    /// <summary>Attributes of the server that sent them, as <c>name=value</c>.</summary>
    public ConcurrentDictionary<string, bool> Attributes { get; } = new(StringComparer.Ordinal);

    /// <summary>Waits for the first request.</summary>
    public Task ReceivedAsync() => _received.Task.WaitAsync(Patience.Long);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Close();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (_stopping.IsCancellationRequested && e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Paths.Enqueue($"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath} {context.Request.ContentType}");
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
            try
            {
                ReadRequest(ByteString.CopyFrom(body.ToArray()));
                _received.TrySetResult();
            }
            catch (InvalidProtocolBufferException e)
            {
                _received.TrySetException(e);
            }
        }
    }

    /// <summary>ExportMetricsServiceRequest: 1 resource_metrics { 1 resource { 1 attributes }, 2 scope_metrics { 2 metrics { 1 name } } }.</summary>
    private void ReadRequest(ByteString request)
    {
        foreach (ByteString resourceMetrics in Fields(request, 1))
        {
            foreach (ByteString attribute in Fields(resourceMetrics, 1).SelectMany(static resource => Fields(resource, 1)))
            {
                // KeyValue: 1 key, 2 value { 1 string_value }.
                string value = Fields(attribute, 2).SelectMany(static any => Fields(any, 1)).Select(static text => text.ToStringUtf8()).FirstOrDefault("");
                Attributes[$"{Fields(attribute, 1).Single().ToStringUtf8()}={value}"] = true;
            }

            foreach (ByteString metric in Fields(resourceMetrics, 2).SelectMany(static scope => Fields(scope, 2)))
            {
                Metrics[Fields(metric, 1).Single().ToStringUtf8()] = true;
            }
        }
    }

    /// <summary>The values of a field that holds a message or a text.</summary>
    private static List<ByteString> Fields(ByteString message, int number)
    {
        var values = new List<ByteString>();
        using CodedInputStream input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag(number, WireFormat.WireType.LengthDelimited)) values.Add(input.ReadBytes());
            else input.SkipLastField();
        }

        return values;
    }
}
