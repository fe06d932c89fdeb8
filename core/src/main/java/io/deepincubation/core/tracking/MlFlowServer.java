package io.deepincubation.core.tracking;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an MLflow server is asked, by its <a
 * href="https://mlflow.org/docs/latest/api_reference/rest-api.html">REST API 2.0</a>. Its Java
 * client would add a dozen jars, and leaves artifacts to the command {@code mlflow} of Python.
 *
 * <p>A name and password, or a token, are those of MLflow's own clients: {@code
 * MLFLOW_TRACKING_USERNAME} and {@code MLFLOW_TRACKING_PASSWORD}, or {@code MLFLOW_TRACKING_TOKEN},
 * in the environment.
 */
final class MlFlowServer {

  private static final Duration CONNECTED = Duration.ofSeconds(5);
  private static final Duration ANSWERED = Duration.ofSeconds(20);
  private static final Duration TAKEN = Duration.ofMinutes(30);
  private static final int CLIENT_ERROR = 400;
  private static final String API = "/api/2.0/mlflow";

  private final URI server;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECTED).build();

  MlFlowServer(URI server) {
    this.server = server;
  }

  /** The server refused; {@code code} is its own, such as {@code RESOURCE_DOES_NOT_EXIST}. */
  static final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String code;

    RefusedException(String code, String message) {
      super(message);
      this.code = code;
    }

    String code() {
      return code;
    }
  }

  JsonObject get(String path, Map<String, String> query) throws IOException, InterruptedException {
    String words =
        query.entrySet().stream()
            .map(word -> word.getKey() + "=" + coded(word.getValue()))
            .collect(Collectors.joining("&"));
    return json(send(request(API + path + "?" + words, ANSWERED).GET()));
  }

  JsonObject post(String path, Map<String, ?> body) throws IOException, InterruptedException {
    BodyPublisher json = BodyPublishers.ofString(new Gson().toJson(body));
    return json(
        send(request(API + path, ANSWERED).header("Content-Type", "application/json").POST(json)));
  }

  /**
   * Gives the server a file to keep.
   *
   * @param path of the artifact, as behind {@code mlflow-artifacts:/}
   * @param file its content
   */
  void put(String path, Path file) throws IOException, InterruptedException {
    String coded =
        Arrays.stream(path.split("/", -1))
            .map(MlFlowServer::coded)
            .collect(Collectors.joining("/"));
    send(
        request("/api/2.0/mlflow-artifacts/artifacts/" + coded, TAKEN)
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofFile(file)));
  }

  private static String coded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path, Duration limit) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path)).timeout(limit);
    authorization().ifPresent(words -> request.header("Authorization", words));
    return request;
  }

  private static Optional<String> authorization() {
    String token = System.getenv("MLFLOW_TRACKING_TOKEN");
    String name = System.getenv("MLFLOW_TRACKING_USERNAME");
    if (token != null) {
      return Optional.of("Bearer " + token);
    }
    if (name == null) {
      return Optional.empty();
    }
    String both =
        name + ":" + Optional.ofNullable(System.getenv("MLFLOW_TRACKING_PASSWORD")).orElse("");
    return Optional.of(
        "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
  }

  private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      String why =
          e instanceof ConnectException ? "nobody listens there" : String.valueOf(e.getMessage());
      throw new IOException("no answer from " + server + ": " + why, e);
    }
    if (response.statusCode() >= CLIENT_ERROR) {
      throw refused(response);
    }
    return response.body();
  }

  private RefusedException refused(HttpResponse<String> response) {
    String code = "";
    String message = "status " + response.statusCode();
    try {
      JsonObject body = JsonParser.parseString(response.body()).getAsJsonObject();
      code = body.has("error_code") ? body.get("error_code").getAsString() : "";
      message += body.has("message") ? ", " + body.get("message").getAsString() : "";
    } catch (JsonParseException | IllegalStateException e) {
      message += " and no reason"; // A proxy's page.
    }
    return new RefusedException(code, server + " refused: " + message);
  }

  private JsonObject json(String body) throws IOException {
    try {
      return JsonParser.parseString(body).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException("expected an MLflow server at " + server + ", got other words", e);
    }
  }
}
