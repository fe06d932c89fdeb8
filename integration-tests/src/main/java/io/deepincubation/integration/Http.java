package io.deepincubation.integration;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** Pages of servers on this machine. */
public final class Http {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .connectTimeout(LIMIT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  private Http() {}

  /**
   * What a page tells programs, if it is there now. Spark listens before it has all its pages, and
   * answers with words for people meanwhile.
   */
  public static Optional<JsonElement> json(String url) {
    return get(url)
        .filter(page -> page.startsWith("{") || page.startsWith("["))
        .map(JsonParser::parseString);
  }

  /** A page, if it is there now. */
  public static Optional<String> get(String url) {
    try {
      var request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build();
      var response = CLIENT.send(request, BodyHandlers.ofString());
      return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot get " + url + ": interrupted", e);
    }
  }
}
