package io.deepincubation.core.tracking;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.storage.Storage;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a run is to be seen, as {@code --track} says it. */
sealed interface TrackerAddress {

  /** The word for a folder of TensorBoard's event files. */
  String TENSORBOARD = "tensorboard";

  /** The word for an MLflow server. */
  String MLFLOW = "mlflow";

  /** The experiment of MLflow runs where none is named. */
  String EXPERIMENT = "deep-incubation";

  /**
   * Event files for TensorBoard.
   *
   * @param uri the folder, this run's alone; empty for one in the run's own
   */
  record TensorBoard(String uri) implements TrackerAddress {

    @Override
    public Tracker open(RunFolder run, Function<String, Storage> storages) {
      Storage logs = uri.isEmpty() ? run.storage().folder(TENSORBOARD) : storages.apply(uri);
      return new TensorBoardTracker(logs, run);
    }

    @Override
    public String toString() {
      return TENSORBOARD + (uri.isEmpty() ? "" : ":" + uri);
    }
  }

  /**
   * A run on an MLflow server.
   *
   * @param server where it answers, {@code http:} or {@code https:}
   * @param experiment the name of the run's experiment
   */
  record MlFlow(URI server, String experiment) implements TrackerAddress {

    @Override
    public Tracker open(RunFolder run, Function<String, Storage> storages) {
      return new MlFlowTracker(new MlFlowServer(server), experiment, run, storages);
    }

    @Override
    public String toString() {
      return MLFLOW + ":" + server;
    }
  }

  /**
   * Opens the tracker; nothing is asked of it yet.
   *
   * @param run the run that it shows
   * @param storages opens folders of any file system
   */
  Tracker open(RunFolder run, Function<String, Storage> storages);

  /**
   * Reads an address.
   *
   * @param text {@code tensorboard}, {@code tensorboard:URI} or {@code
   *     mlflow:URI[?experiment=NAME]}
   * @throws UsageException if it is none
   */
  static TrackerAddress parse(String text) {
    String[] parts = text.split(":", 2);
    String rest = parts.length == 2 ? parts[1] : "";
    if (parts[0].equals(TENSORBOARD) && (parts.length == 1 || !rest.isBlank())) {
      return new TensorBoard(rest);
    }
    if (parts[0].equals(MLFLOW)) {
      return mlFlow(text, rest);
    }
    throw refused(text, null);
  }

  private static MlFlow mlFlow(String text, String rest) {
    try {
      URI uri = new URI(rest);
      String scheme = String.valueOf(uri.getScheme());
      if (!scheme.matches("https?") || uri.getHost() == null || uri.getFragment() != null) {
        throw refused(text, null);
      }
      if (uri.getUserInfo() != null) {
        throw new UsageException(
            "Cannot track in mlflow:"
                + scheme
                + "://"
                + uri.getHost()
                + ": expected an address without a name or password, which would be logged; set"
                + " MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or"
                + " MLFLOW_TRACKING_TOKEN, in the driver's environment");
      }
      String path = uri.getPath().replaceFirst("/+$", "");
      URI server = new URI(scheme, null, uri.getHost(), uri.getPort(), path, null, null);
      return new MlFlow(server, experiment(text, uri.getRawQuery()));
    } catch (URISyntaxException e) {
      throw refused(text, e);
    }
  }

  private static String experiment(String text, @Nullable String query) {
    if (query == null) {
      return EXPERIMENT;
    }
    String[] words = query.split("=", 2);
    if (!words[0].equals("experiment") || words.length < 2 || words[1].isBlank()) {
      throw refused(text, null);
    }
    return URLDecoder.decode(words[1], StandardCharsets.UTF_8);
  }

  private static UsageException refused(String text, @Nullable Exception cause) {
    String message =
        String.format(
            Locale.ROOT,
            "Cannot track in %s: expected tensorboard, tensorboard:URI of a folder, or"
                + " mlflow:http://HOST:PORT[?experiment=NAME]",
            text);
    return cause == null ? new UsageException(message) : new UsageException(message, cause);
  }
}
