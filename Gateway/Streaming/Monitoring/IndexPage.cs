namespace Bayou.Gateway.Streaming.Monitoring;

/// <summary>The page that leads to the others.</summary>
internal static class IndexPage
{
    public const string Html = """
        <!DOCTYPE html>
        <html lang="en">
          <head><title>Bayou: streaming</title></head>
          <body>
            <h1>Streaming</h1>
            <ul>
              <li><a href="./streaming/serverz">server</a></li>
              <li><a href="./streaming/storez">store</a></li>
              <li><a href="./streaming/clientsz">clients</a></li>
              <li><a href="./streaming/channelsz">channels</a></li>
            </ul>
          </body>
        </html>

        """;
}
