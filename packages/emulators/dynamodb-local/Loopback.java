import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;

/**
 * Runs DynamoDB Local in memory on 127.0.0.1 alone (its own main class listens on every interface), prints
 * "listening PORT", and ends when its standard input does, so that it never outlives who started it.
 */
class Loopback {
    public static void main(String[] args) throws Exception {
        var local = ServerRunner.createServerFromCommandLineArgs(
            new String[] {"-inMemory", "-disableTelemetry"});
        var field = local.getClass().getDeclaredField("server");
        field.setAccessible(true);
        var connector = (ServerConnector) ((Server) field.get(local)).getConnectors()[0];
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(args[0]));
        local.start();
        System.out.println("listening " + connector.getLocalPort());
        while (System.in.read() != -1) {}
        System.exit(0);
    }
}
